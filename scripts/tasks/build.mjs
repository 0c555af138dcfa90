/** `npm run build`: always builds, and fails past the size budget. */
import { build } from '../bootstrap/build.mjs';

/** @returns {Promise<number>} */
export async function run() {
  return (await build({ force: true })) ? 0 : 1;
}
