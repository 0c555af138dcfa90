/** Before any page test: the built page lies in dist, made anew only where it is stale. */
import { env } from 'node:process';
import { build } from '../../scripts/bootstrap/build.mjs';

export async function setup(): Promise<void> {
  // Whoever names a built page (the relay reads it too) wants that one tested.
  if (env['WAVU_APP']) return;
  if (!(await build())) throw new Error('there is no page to test: the build failed, see above');
}
