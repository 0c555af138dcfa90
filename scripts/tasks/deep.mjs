/** `npm run test:deep`: what takes long. Finished steps are not repeated until the code changes; the last result is kept for all to see. */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run as runChild } from '../bootstrap/child.mjs';
import { cli, npx } from '../bootstrap/npm.mjs';
import { cache, fail, fromRoot, root, say, since } from '../bootstrap/say.mjs';
import { closingLine, leftOut, runTests } from '../bootstrap/tests.mjs';

/** @typedef {{ result: 'passed' | 'failed', why: string | null }} Outcome what went wrong, or what of it was not reached in its time */
/** @typedef {{ name: string, work: () => Promise<Outcome> }} Step */
/** @typedef {Outcome & { name: string, seconds: number }} Done */

const answerWithinMs = 240_000;
const progress = path.join(cache, 'deep.json');
const results = fromRoot('tests', 'bench', 'results', 'deep.json');

/** @param {string[]} args */
export async function run(args) {
  const state = await codeState();
  const known =
    existsSync(progress) && !args.includes('--again') ? /** @type {{ hash: string, done: Done[] }} */ (readJson(progress)) : null;
  const done = known?.hash === state.hash ? known.done.filter(isWhole) : [];
  mkdirSync(path.dirname(results), { recursive: true });
  for (const { name, work } of steps(args)) {
    if (done.some((step) => step.name === name)) {
      say(`${name}: passed before, not repeated (--again repeats all).`);
      continue;
    }
    say(`${name} …`);
    const startMs = performance.now();
    const { result, why } = await work().catch((/** @type {unknown} */ error) => judged(String(error)));
    done.push({ name, result, seconds: Math.round((performance.now() - startMs) / 1000), why });
    say(`${name}: ${[result === 'failed' ? 'FAILED' : 'passed', ...(why === null ? [] : [why])].join(', ')} (${since(startMs)})`);
    mkdirSync(cache, { recursive: true });
    writeFileSync(progress, JSON.stringify({ hash: state.hash, done }));
    const report = { commit: state.commit, changedSince: state.isDirty, when: new Date().toISOString(), steps: done };
    writeFileSync(results, `${JSON.stringify(report, null, 2)}\n`);
  }
  const failed = done.filter((step) => step.result === 'failed').length;
  const whole = done.filter(isWhole).length;
  process.stdout.write(`${whole} passed, ${failed} failed, ${done.length - whole - failed} skipped\n`);
  return failed === 0 ? 0 : 1;
}

/**
 * @param {string[]} args
 * @returns {Step[]}
 */
function steps(args) {
  return [
    { name: 'npm 10 installs from the lock file', work: async () => judged(await cleanInstall(10)) },
    { name: 'npm 12 installs from the lock file', work: async () => judged(await cleanInstall(12)) },
    { name: 'a fresh clone starts and answers', work: async () => judged(await freshClone(false)) },
    ...(args.includes('--fresh-clone')
      ? [{ name: 'a fresh clone passes its tests', work: async () => judged(await freshClone(true)) }]
      : []),
    { name: 'deep tests', work: deepTests },
  ];
}

/**
 * @param {string | null} why what went wrong
 * @returns {Outcome}
 */
const judged = (why) => ({ result: why === null ? 'passed' : 'failed', why });

/** @param {Done} step */
const isWhole = ({ result, why }) => result === 'passed' && why === null;

/** @param {number} version */
function cleanInstall(version) {
  return inFolder(async (folder) => {
    for (const name of ['package.json', 'package-lock.json', '.npmrc']) cpSync(fromRoot(name), path.join(folder, name));
    let output = '';
    const code = await npx([`npm@${version}`, 'ci', '--no-audit', '--no-fund'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      onOutput: (text) => (output += text),
    });
    if (code !== 0) return lastLines(output);
    // Not `.bin/node`: npm 10 does not link it, and the bootstrap does not need it.
    const hasNode = readdirSync(path.join(folder, 'node_modules')).some((name) => /^node-(bin-)?(linux|darwin|win)-/.test(name));
    return hasNode ? null : 'it left Node 24 out';
  });
}

/** @param {boolean} withTests */
function freshClone(withTests) {
  return inFolder(async (folder) => {
    let output = '';
    const collect = (/** @type {string} */ text) => void (output += text);
    const piped = { stdio: /** @type {const} */ (['ignore', 'pipe', 'pipe']), onOutput: collect };
    if ((await runChild('git', ['clone', '--quiet', root, folder], { ...piped, stdio: ['ignore', 'pipe', 'pipe'] })) !== 0)
      return lastLines(output);
    if (withTests) {
      const code = await cli('npm', ['test'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], onOutput: collect });
      return code === 0 ? null : lastLines(output);
    }
    const end = new AbortController();
    const answered = firstAnswer(() => output, end.signal);
    const ended = cli('npm', ['start', '--', '--port', '0'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      until: end.signal,
      onOutput: collect,
    });
    const url = await Promise.race([answered, ended.then(() => null)]);
    end.abort();
    await ended;
    return url === null ? `nothing answered: ${lastLines(output)}` : null;
  });
}

/**
 * Waits until the first http address in the output answers.
 * @param {() => string} output
 * @param {AbortSignal} signal
 * @returns {Promise<string | null>}
 */
async function firstAnswer(output, signal) {
  const deadline = performance.now() + answerWithinMs;
  while (performance.now() < deadline && !signal.aborted) {
    const url = /https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\]):\d+\S*/.exec(output())?.[0];
    if (
      url !== undefined &&
      (await fetch(url).then(
        (answer) => answer.ok,
        () => false,
      ))
    )
      return url;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return null;
}

/** @returns {Promise<Outcome>} */
async function deepTests() {
  const { code, counts } = await runTests(['--project', 'deep'], { env: { WAVU_DEEP: '1' } });
  process.stdout.write(`deep tests: ${closingLine(counts)}\n`);
  return outcomeOf(code, counts);
}

/**
 * What ran out of its minutes says so, here too: it is passed as far as it came, and goes on at the next call.
 * @param {number} code
 * @param {import('../bootstrap/tests.mjs').Counts} counts
 * @returns {Outcome}
 */
export function outcomeOf(code, counts) {
  if (code !== 0 || counts.failed > 0) return judged(closingLine(counts));
  return { result: 'passed', why: counts.skipped === 0 ? null : `not reached: ${leftOut(counts).join('; ')}` };
}

/** The commit, and a hash of everything that differs from it. */
async function codeState() {
  let commit = '';
  let changes = '';
  const ask = (/** @type {string[]} */ args, /** @type {(text: string) => void} */ onOutput) =>
    runChild('git', args, { stdio: ['ignore', 'pipe', 'ignore'], onOutput });
  const code = await ask(['rev-parse', 'HEAD'], (text) => (commit += text)).catch(() => 1);
  if (code !== 0) fail('test:deep clones the repository, so it needs git and a first commit.');
  await ask(['status', '--porcelain', '--', '.', ':!tests/bench/results'], (text) => (changes += text));
  await ask(['diff', 'HEAD', '--', '.', ':!tests/bench/results'], (text) => (changes += text));
  return {
    commit: commit.trim(),
    isDirty: changes !== '',
    hash: createHash('sha256').update(commit).update(changes).digest('hex'),
  };
}

/**
 * @param {(folder: string) => Promise<string | null>} work
 */
async function inFolder(work) {
  const folder = mkdtempSync(path.join(tmpdir(), 'wavu-deep-'));
  const clean = () => rmSync(folder, { recursive: true, force: true });
  process.on('exit', clean);
  try {
    return await work(folder);
  } finally {
    process.off('exit', clean);
    clean();
  }
}

/** @param {string} output */
function lastLines(output) {
  return output.trim().split('\n').slice(-3).join(' / ');
}

/** @param {string} file */
function readJson(file) {
  return /** @type {unknown} */ (JSON.parse(readFileSync(file, 'utf8')));
}
