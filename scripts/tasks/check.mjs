/** `npm run check`: types, lint with the walls, format, dead code and the quick tests, side by side. */
import { availableParallelism, cpus } from 'node:os';
import { node } from '../bootstrap/child.mjs';
import { fromRoot, since } from '../bootstrap/say.mjs';
import { closingLine, runTests } from '../bootstrap/tests.mjs';

/** @typedef {{ name: string, work: (onOutput: (text: string) => void) => Promise<number> }} Step */

/** The longest first: the others fill the second core. @type {Step[]} */
const steps = [
  {
    name: 'tests',
    work: async (onOutput) => {
      const { code, counts } = await runTests(['--project', 'unit', '--passWithNoTests'], { onOutput });
      onOutput(`${closingLine(counts)}\n`);
      return code !== 0 ? code : counts.failed;
    },
  },
  tool('types', 'typescript/bin/tsc', '-b'),
  tool('lint', 'oxlint/bin/oxlint', '--deny-warnings'),
  tool('format', 'oxfmt/bin/oxfmt', '--check'),
  tool('dead code', 'knip/bin/knip.js', '--no-progress'),
];

/** @returns {Promise<number>} */
export async function run() {
  const startMs = performance.now();
  const waiting = [...steps];
  /** @type {string[]} */
  const failed = [];
  const worker = async () => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift())
      if (!(await isGood(step))) failed.push(step.name);
  };
  const cores = availableParallelism?.() ?? cpus().length;
  await Promise.all(Array.from({ length: Math.max(2, cores) }, worker));
  process.stdout.write(`${failed.length === 0 ? 'check passed' : `check failed: ${failed.join(', ')}`} in ${since(startMs)}\n`);
  return failed.length === 0 ? 0 : 1;
}

/** @param {Step} step */
async function isGood({ name, work }) {
  const startMs = performance.now();
  let output = '';
  const code = await work((text) => (output += text));
  process.stdout.write(`${code === 0 ? 'ok    ' : 'FAILED'} ${name.padEnd(10)} ${since(startMs)}\n`);
  // Shown at once and in one piece, or parallel steps would mix their lines.
  if (code !== 0) process.stdout.write(`${output.trimEnd()}\n`);
  return code === 0;
}

/**
 * @param {string} name
 * @param {string} file below node_modules
 * @param {string[]} args
 * @returns {Step}
 */
function tool(name, file, ...args) {
  return {
    name,
    work: (onOutput) => node([fromRoot('node_modules', file), ...args], { stdio: ['ignore', 'pipe', 'pipe'], onOutput }),
  };
}
