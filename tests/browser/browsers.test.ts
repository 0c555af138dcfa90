/** Holds the browser finder to its order without opening a browser. */
import { expect, test } from 'vitest';
import { chromiumCandidates, firstThatOpens } from './browsers.ts';
import type { Candidate, Machine } from './browsers.ts';

const bare: Machine = { env: {}, platform: 'linux', exists: () => false };
const names = (machine: Machine): readonly string[] => chromiumCandidates(machine).map(({ name }) => name);

test('tries what WAVU_BROWSER names first, then its own, then channels, then system paths', () => {
  const machine: Machine = { ...bare, env: { WAVU_BROWSER: '/opt/mine' }, exists: (path) => path === '/usr/bin/chromium' };
  expect(names(machine)).toEqual(['/opt/mine', "Playwright's own", 'chrome', 'msedge', 'chromium', '/usr/bin/chromium']);
});

test('takes a WAVU_BROWSER without slashes for a channel', () => {
  expect(chromiumCandidates({ ...bare, env: { WAVU_BROWSER: 'msedge' } })[0]).toEqual({ kind: 'channel', name: 'msedge' });
});

test('knows where browsers live on a Mac and on Windows', () => {
  expect(names({ ...bare, platform: 'darwin', exists: () => true })).toContain(
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  );
  const windows: Machine = { env: { PROGRAMFILES: 'P:' }, platform: 'win32', exists: () => true };
  expect(names(windows)).toContain('P:\\Google\\Chrome\\Application\\chrome.exe');
});

test('goes on to the next candidate until one has launched a page', async () => {
  const tried: string[] = [];
  const found = await firstThatOpens(
    chromiumCandidates(bare),
    async ({ name }, sandbox) => {
      tried.push(`${name} ${sandbox}`);
      if (name === "Playwright's own") throw new Error("Executable doesn't exist at /nowhere");
      if (name === 'chrome') throw new Error('a stub that opens nothing');
      return name;
    },
    () => undefined,
  );
  expect(found?.opened).toBe('msedge');
  // An absent browser is not tried twice; a broken one is, once, without its sandbox.
  expect(tried).toEqual(["Playwright's own sandbox", 'chrome sandbox', 'chrome no-sandbox', 'msedge sandbox']);
});

test('says aloud when it goes on without a sandbox', async () => {
  const said: string[] = [];
  const stub: Candidate = { kind: 'path', name: '/usr/bin/chromium' };
  const found = await firstThatOpens(
    [stub],
    async (_, sandbox) => {
      if (sandbox === 'sandbox') throw new Error('refused');
      return 'open';
    },
    (line) => said.push(line),
  );
  expect(found?.sandbox).toBe('no-sandbox');
  expect(said.join()).toContain('--no-sandbox');
});

test('answers nothing when nothing opens', async () => {
  const found = await firstThatOpens(
    chromiumCandidates(bare),
    async () => {
      throw new Error('no display');
    },
    () => undefined,
  );
  expect(found).toBeUndefined();
});
