/** The bootstrap behind every npm command, tried on a small checkout with a stand-in for npm. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createCheckout, lockFile } from './checkout.ts';

const onNode = (version: string, platform = 'linux', arch = 'x64'): string =>
  `Object.defineProperty(process.versions, 'node', { value: '${version}' });
   Object.defineProperty(process, 'platform', { value: '${platform}' });
   Object.defineProperty(process, 'arch', { value: '${arch}' });`;

test('installs once, says size and time on standard error, and leaves standard output to the program', async () => {
  const checkout = createCheckout();
  const first = await checkout.run('bench', { args: ['--json', '--only', 'B1a'] });
  expect(first).toMatchObject({ code: 0, out: 'bench --json --only B1a\n' });
  expect(first.talk).toMatch(/about \d+ MB to download/);
  expect(first.talk).toMatch(/installed in [\d.]+ s/);
  const second = await checkout.run('bench');
  expect(second).toEqual({ code: 0, out: 'bench\n', talk: '' });
  expect(checkout.npmCalls()).toEqual([expect.stringMatching(/^ci --include=dev/)]);
});

test('a newer lock file is installed, by adding to what is there', async () => {
  const checkout = createCheckout();
  await checkout.run('bench');
  checkout.write('package-lock.json', lockFile('1.0.1'));
  await checkout.run('bench');
  expect(checkout.npmCalls()).toEqual([expect.stringMatching(/^ci /), expect.stringMatching(/^install --no-save /)]);
});

test('start needs no development tools, tests bring them, and start keeps them', async () => {
  const checkout = createCheckout();
  const started = await checkout.run('start', { args: ['--port', '0'] });
  expect(started).toMatchObject({ code: 0, out: 'relay --port 0\n' });
  expect(checkout.has('node_modules/tool')).toBe(false);
  await checkout.run('bench');
  expect(checkout.has('node_modules/tool')).toBe(true);
  await checkout.run('start');
  expect(checkout.npmCalls()).toHaveLength(2);
  checkout.write('package-lock.json', lockFile('1.0.1'));
  await checkout.run('start');
  expect(checkout.npmCalls().at(-1)).toContain('--include=dev');
});

test('start builds the page when its sources changed, and only then', async () => {
  const checkout = createCheckout();
  await checkout.run('start');
  await checkout.run('start');
  expect(checkout.read('builds.txt')).toBe('built\n');
  checkout.write('src/main.tsx', 'second');
  await checkout.run('start');
  expect(checkout.read('builds.txt')).toBe('built\nbuilt\n');
});

test('a page past its size is not started', async () => {
  const checkout = createCheckout();
  // Noise does not compress: 100,000 random bytes stay 100 kB.
  const noise = Array.from({ length: 100_000 }, () => String.fromCodePoint(0x10000 + Math.floor(Math.random() * 0x8000))).join(
    '',
  );
  checkout.write('src/main.tsx', noise);
  const ended = await checkout.run('start');
  expect(ended).toMatchObject({ code: 1, out: '' });
  expect(ended.talk).toContain('too heavy: shell');
});

test('a killed install is started over clean, and its lock is taken over', async () => {
  const checkout = createCheckout();
  const killed = checkout.begin('bench', { env: { FAKE_NPM: 'endless' } });
  while (!checkout.has('node_modules/half-a-package')) await sleep(20);
  await sleep(50);
  killed.child.kill('SIGKILL');
  process.kill(Number(checkout.read('node_modules/half-a-package')), 'SIGKILL');
  await killed.ended;
  const next = await checkout.run('bench');
  expect(next).toMatchObject({ code: 0, out: 'bench\n' });
  expect(next.talk).toContain('taking over');
  expect(next.talk).toContain('the last install did not finish');
  expect(checkout.npmCalls().at(-1)).toMatch(/^ci /);
});

test('an npm that outlived its killed bootstrap is waited for', async () => {
  const checkout = createCheckout();
  const killed = checkout.begin('bench', { env: { FAKE_NPM: 'slow' } });
  while (!checkout.has('node_modules/half-a-package')) await sleep(20);
  await sleep(50);
  killed.child.kill('SIGKILL');
  await killed.ended;
  const next = await checkout.run('bench');
  expect(next).toMatchObject({ code: 0, out: 'bench\n' });
  expect(next.talk).toContain('still at work; waiting for it');
});

test('two at once install once', async () => {
  const checkout = createCheckout();
  const env = { FAKE_NPM: 'slow' };
  const both = await Promise.all([checkout.run('bench', { env }), checkout.run('bench', { env })]);
  expect(both.map(({ code, out }) => ({ code, out }))).toEqual([
    { code: 0, out: 'bench\n' },
    { code: 0, out: 'bench\n' },
  ]);
  expect(checkout.npmCalls()).toHaveLength(1);
  expect(both.map(({ talk }) => talk).join()).toContain('waiting for it');
});

test.each([
  ['offline', { env: { FAKE_NPM: 'offline' } }, /the install failed: the package registry cannot be reached/],
  ['no npm', { env: { npm_execpath: '', PATH: '', Path: '' } }, /npm was not found/],
  ['a Node too old to begin', { before: onNode('16.20.2') }, /this is Node 16\.20\.2; Wavu needs Node 18/],
  ['a platform without a Node 24', { before: onNode('20.1.0', 'freebsd', 'x64') }, /no Node 24 to bring along for freebsd x64/],
])('%s: one clear line', async (_, options, line) => {
  const checkout = createCheckout();
  const ended = await checkout.run('bench', options);
  expect(ended).toMatchObject({ code: 1, out: '' });
  const lines = ended.talk.trim().split('\n');
  expect(lines.at(-1)).toMatch(line);
  // At most the announcement of the install stands before it.
  expect(lines.length).toBeLessThanOrEqual(2);
});

test('an unknown command names the known ones', async () => {
  const ended = await createCheckout().run('tset');
  expect(ended.code).toBe(1);
  expect(ended.talk).toMatch(/no command "tset"; there are: start, .*test:deep/);
});

test('exit codes come back', async () => {
  const checkout = createCheckout();
  checkout.write('tests/bench/bench.ts', 'process.exit(7);');
  expect(await checkout.run('bench')).toMatchObject({ code: 7 });
});

const staying = `
process.on('SIGTERM', () => { console.log('bye'); process.exit(3); });
setInterval(() => undefined, 1000);
console.log('up', process.pid);
`;

test.skipIf(process.platform === 'win32')('a signal is handed on, and nothing is left behind', async () => {
  const checkout = createCheckout();
  checkout.write('relay/main.ts', staying);
  const relay = checkout.begin('start');
  await relay.printed('up');
  relay.child.kill('SIGTERM');
  const ended = await relay.ended;
  expect(ended).toMatchObject({ code: 3 });
  expect(ended.out).toContain('bye');
  expect(isAlive(ended.out)).toBe(false);
});

test.skipIf(!existsSync('/proc'))('when npm is killed outright the relay still ends', async () => {
  const checkout = createCheckout();
  checkout.write('relay/main.ts', staying);
  checkout.write(
    'parent.mjs',
    `import { spawn } from 'node:child_process';
     spawn(process.execPath, ['scripts/bootstrap.mjs', 'start'], { stdio: 'inherit', env: { ...process.env, npm_lifecycle_event: 'start' } });
     setInterval(() => undefined, 1000);`,
  );
  await checkout.run('build');
  const parent = spawn(process.execPath, ['parent.mjs'], { cwd: checkout.folder, stdio: ['ignore', 'pipe', 'ignore'] });
  const out = await new Promise<string>((resolve) => parent.stdout.setEncoding('utf8').on('data', resolve));
  parent.kill('SIGKILL');
  await expect.poll(() => isAlive(out), { timeout: 5000 }).toBe(false);
});

/** Takes what `staying` printed. */
function isAlive(out: string): boolean {
  const pid = Number(/up (\d+)/.exec(out)?.[1]);
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
