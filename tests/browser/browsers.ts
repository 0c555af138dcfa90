/** Finds a browser that really opens a page on this machine, or brings one along. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { env, execPath, getuid, platform, stderr } from 'node:process';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, LaunchOptions } from 'playwright-core';
import type { Browser as FirefoxBrowser } from 'puppeteer-core';

/** One place a Chromium may be: Playwright's own, an installed channel, or a path. */
export type Candidate =
  | { readonly kind: 'own'; readonly name: string }
  | { readonly kind: 'channel'; readonly name: string }
  | { readonly kind: 'path'; readonly name: string };

/** What the order of candidates depends on; an argument, so that tests can hand in another machine. */
export type Machine = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  readonly exists: (path: string) => boolean;
};

export type Sandbox = 'sandbox' | 'no-sandbox';
type Say = (line: string) => void;
type Launch<Opened> = (candidate: Candidate, sandbox: Sandbox) => Promise<Opened>;

const HEADLESS_ARGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
] as const;

const LAUNCH_TIMEOUT_MS = 20_000;
const OWN: Candidate = { kind: 'own', name: "Playwright's own" };
const thisMachine: Machine = { env, platform, exists: existsSync };

let foundBefore: { readonly candidate: Candidate; readonly sandbox: Sandbox } | undefined;

/** Opens a headless Chromium that has proven it can show a page. `extraArgs` are added to the flags; it finds its person's settings in `home`. */
export async function openChromium(extraArgs: readonly string[] = [], home?: string): Promise<Browser> {
  const more = { extraArgs, ...(home === undefined ? {} : { home }) };
  const launch: Launch<Browser> = (candidate, sandbox) => launchChromium(candidate, sandbox, more);
  if (foundBefore !== undefined) return await launch(foundBefore.candidate, foundBefore.sandbox);
  const look = async (): Promise<Browser | undefined> => {
    const found = await firstThatOpens(chromiumCandidates(thisMachine), launch, say);
    if (found === undefined) return undefined;
    foundBefore = found;
    return found.opened;
  };
  for (const bringOne of [async () => true, installShell, installSystemPackages]) {
    if (!(await bringOne())) continue;
    const browser = await look();
    if (browser !== undefined) return browser;
  }
  throw new Error(
    'no browser opened a page. Set WAVU_BROWSER to a Chromium, or run: ' +
      'npx playwright-core install --with-deps chromium --only-shell (Debian: sudo apt-get install chromium)',
  );
}

/** The same one with a profile that stays on the disk, as people have it. */
export async function openChromiumIn(folder: string): Promise<BrowserContext> {
  if (foundBefore === undefined) await (await openChromium()).close();
  const { candidate, sandbox } = foundBefore!;
  return await chromium.launchPersistentContext(folder, launchOptions(candidate, sandbox, { extraArgs: [] }));
}

/** The order in which browsers are tried. Paths that are not there are left out; the rest must launch. */
export function chromiumCandidates(machine: Machine): readonly Candidate[] {
  const asked = machine.env['WAVU_BROWSER'];
  const wanted: Candidate[] = [];
  if (asked) wanted.push({ kind: /[\\/]/.test(asked) ? 'path' : 'channel', name: asked });
  const channels: readonly Candidate[] = ['chrome', 'msedge', 'chromium'].map((name) => ({ kind: 'channel', name }));
  const paths = chromiumPaths(machine)
    .filter((path) => machine.exists(path))
    .map((path): Candidate => ({ kind: 'path', name: path }));
  return [...wanted, OWN, ...channels, ...paths];
}

/** Tries each candidate, first sandboxed and then once without; the first that launches a page wins. */
export async function firstThatOpens<Opened>(
  candidates: readonly Candidate[],
  launch: Launch<Opened>,
  tell: Say,
): Promise<{ candidate: Candidate; sandbox: Sandbox; opened: Opened } | undefined> {
  for (const candidate of candidates) {
    for (const sandbox of ['sandbox', 'no-sandbox'] as const) {
      try {
        const opened = await launch(candidate, sandbox);
        if (sandbox === 'no-sandbox') tell(`${candidate.name} opens only with --no-sandbox: going on without a sandbox`);
        return { candidate, sandbox, opened };
      } catch (error) {
        if (isAbsent(error)) break;
        if (sandbox === 'no-sandbox') tell(`${candidate.name} did not open a page: ${firstLine(error)}`);
      }
    }
  }
  return undefined;
}

/** Opens a headless Firefox over WebDriver BiDi, or says why there is none. Never throws. */
export async function openFirefox(): Promise<FirefoxBrowser | { readonly absent: string }> {
  const paths = firefoxPaths(thisMachine).filter(existsSync);
  if (paths.length === 0) return { absent: 'no Firefox found; WAVU_FIREFOX may name one' };
  const reasons: string[] = [];
  const { launch } = await import('puppeteer-core');
  for (const executablePath of paths) {
    let browser: FirefoxBrowser | undefined;
    try {
      browser = await launch({
        browser: 'firefox',
        executablePath,
        headless: true,
        timeout: LAUNCH_TIMEOUT_MS,
        extraPrefsFirefox: {
          'media.peerconnection.ice.loopback': true,
          'media.peerconnection.ice.obfuscate_host_addresses': false,
        },
      });
      const page = await browser.newPage();
      if ((await page.evaluate(() => 20 + 3)) !== 23) throw new Error('the page did not answer');
      await page.close();
      return browser;
    } catch (error) {
      await browser?.close().catch(() => undefined);
      reasons.push(`${executablePath}: ${firstLine(error)}`);
    }
  }
  return { absent: reasons.join('; ') };
}

async function launchChromium(candidate: Candidate, sandbox: Sandbox, more: More): Promise<Browser> {
  const browser = await chromium.launch(launchOptions(candidate, sandbox, more));
  try {
    const page = await browser.newPage();
    if ((await page.evaluate(() => 20 + 3)) !== 23) throw new Error('the page did not answer');
    await page.close();
    return browser;
  } catch (error) {
    await browser.close().catch(() => undefined);
    throw error;
  }
}

interface More {
  readonly extraArgs: readonly string[];
  readonly home?: string;
}

function launchOptions(candidate: Candidate, sandbox: Sandbox, { extraArgs, home }: More): LaunchOptions {
  const options: LaunchOptions = {
    headless: true,
    chromiumSandbox: sandbox === 'sandbox', // Playwright adds --no-sandbox itself when this is false
    args: [...HEADLESS_ARGS, ...extraArgs],
    timeout: LAUNCH_TIMEOUT_MS,
  };
  if (home !== undefined) options.env = { ...env, HOME: home };
  if (candidate.kind === 'channel') options.channel = candidate.name;
  if (candidate.kind === 'path') options.executablePath = candidate.name;
  return options;
}

function chromiumPaths({ env, platform }: Machine): readonly string[] {
  if (platform === 'darwin') {
    const apps = ['Google Chrome', 'Chromium', 'Microsoft Edge', 'Brave Browser'];
    return apps.map((app) => `/Applications/${app}.app/Contents/MacOS/${app}`);
  }
  if (platform === 'win32') {
    const roots = [env['PROGRAMFILES'], env['PROGRAMFILES(X86)'], env['LOCALAPPDATA']].filter((root) => root !== undefined);
    const tails = [
      'Google\\Chrome\\Application\\chrome.exe',
      'Chromium\\Application\\chrome.exe',
      'Microsoft\\Edge\\Application\\msedge.exe',
    ];
    return roots.flatMap((root) => tails.map((tail) => `${root}\\${tail}`));
  }
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];
  return ['/usr/bin', '/usr/local/bin', '/snap/bin'].flatMap((folder) => names.map((name) => `${folder}/${name}`));
}

function firefoxPaths({ env, platform }: Machine): readonly string[] {
  const asked = env['WAVU_FIREFOX'] ? [env['WAVU_FIREFOX']] : [];
  if (platform === 'darwin') return [...asked, '/Applications/Firefox.app/Contents/MacOS/firefox'];
  if (platform === 'win32') return [...asked, `${env['PROGRAMFILES'] ?? 'C:\\Program Files'}\\Mozilla Firefox\\firefox.exe`];
  return [...asked, '/usr/bin/firefox-esr', '/usr/bin/firefox', '/usr/local/bin/firefox', '/snap/bin/firefox'];
}

async function installShell(): Promise<boolean> {
  say('no browser opened a page: downloading the headless shell (about 115 MB, once)');
  return runPlaywright(['install', 'chromium', '--only-shell']);
}

async function installSystemPackages(): Promise<boolean> {
  const mayInstall = Boolean(env['CI']) && platform === 'linux' && getuid?.() === 0;
  if (!mayInstall) return false; // a person is given the line to run instead
  say('CI as root: installing Chromium and its libraries with apt-get');
  if (existsSync(chromium.executablePath()) && runPlaywright(['install-deps', 'chromium'])) return true;
  return run('apt-get', ['update']) && run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium']);
}

function runPlaywright(args: readonly string[]): boolean {
  const folder = dirname(createRequire(import.meta.url).resolve('playwright-core/package.json'));
  return run(execPath, [join(folder, 'cli.js'), ...args]);
}

// The child's own talk, the download's size among it, goes to stderr: stdout may be somebody's JSON.
const run = (command: string, args: readonly string[]): boolean =>
  spawnSync(command, args, { stdio: ['ignore', 2, 2] }).status === 0;
const say: Say = (line) => void stderr.write(`browser: ${line}\n`);
const firstLine = (error: unknown): string => String(error instanceof Error ? error.message : error).split('\n')[0] ?? '';
const isAbsent = (error: unknown): boolean => /is not found at|doesn't exist at|Unsupported chromium channel/.test(String(error));
