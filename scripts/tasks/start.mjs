/** `npm start`: the page if it is stale, then the relay that serves it. Arguments and standard output are the relay's. */
import { build } from '../bootstrap/build.mjs';
import { node } from '../bootstrap/child.mjs';
import { fromRoot } from '../bootstrap/say.mjs';

/** @param {string[]} args */
export async function run(args) {
  if (!(await build())) return 1;
  return node([fromRoot('relay', 'main.ts'), ...args], { cleanStop: true });
}
