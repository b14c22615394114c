/** The error that says how to get what queue mode needs. */
export function missing(what: 'Postgres' | 'Redis'): Error {
	return new Error(
		`n8n's queue mode needs Postgres and Redis, and there is no ${what} here. On Debian and ` +
			'Ubuntu: apt-get install -y --no-install-recommends postgresql redis-server. ' +
			'On macOS: brew install postgresql redis.',
	);
}
