const { dest, parallel, src } = require('gulp');

/** The icons are drawings in text form; `encoding: false` keeps gulp from touching a byte of them. */
function icons() {
	return src('icons/*.svg', { encoding: false }).pipe(dest('dist/icons'));
}

/** Output previews that n8n shows before the first run. */
function schemas() {
	return src('nodes/**/__schema__/**/*.json', { encoding: false, allowEmpty: true }).pipe(
		dest('dist/nodes'),
	);
}

exports.icons = icons;
exports.build = parallel(icons, schemas);
