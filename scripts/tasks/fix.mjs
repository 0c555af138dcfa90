/** `npm run fix`: formats, and repairs what the linter can repair by itself. */
import { node } from '../bootstrap/child.mjs';
import { fromRoot } from '../bootstrap/say.mjs';

/** @returns {Promise<number>} */
export async function run() {
  const linted = await node([fromRoot('node_modules', 'oxlint', 'bin', 'oxlint'), '--fix']);
  const formatted = await node([fromRoot('node_modules', 'oxfmt', 'bin', 'oxfmt')]);
  return linted || formatted;
}
