/** `npm test`: the page if it is stale, every test, and a closing line with what was really counted. */
import { build } from '../bootstrap/build.mjs';
import { say } from '../bootstrap/say.mjs';
import { closingLine, leftOut, runTests } from '../bootstrap/tests.mjs';

/** @param {string[]} args handed to vitest */
export async function run(args) {
  const isBuilt = await build();
  const { code, counts } = await runTests(args);
  for (const left of leftOut(counts)) process.stdout.write(`skipped: ${left}\n`);
  if (!isBuilt) {
    say('counting the missing page as one failure.');
    counts.failed += 1;
  }
  process.stdout.write(`${closingLine(counts)}\n`);
  return code !== 0 ? code : counts.failed > 0 ? 1 : 0;
}
