import type { Business } from './business';
import type { Switches } from './switches';

/** What every answer depends on: the data, and the choices for what is not known of Kizen. */
export interface World {
	business: Business;
	switches: Switches;
}
