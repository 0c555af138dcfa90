/**
 * A house without a name on the internet: the doorstep hands out the relay's authority, and to a Chromium that trusts it the door is
 * whole, down to the service worker. The same Chromium refuses that authority's word for a name of the internet.
 */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { createServer } from 'node:https';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeAuthority, makeLeaf, readAuthority, readLeaf } from '../../relay/lan-authority.ts';
import { createEntropy } from '../../relay/ports.ts';
import { openChromium } from './browsers.ts';
import { findViolations } from './axe.ts';
import { openPage, openProfile, phone } from './hands.ts';
import { startRelay } from './relay-process.ts';
import type { RelayProcess } from './relay-process.ts';

/** Debian calls the package libnss3-tools. */
const certutil = env['WAVU_CERTUTIL'] ?? 'certutil';
const canTrust = spawnSync(certutil, ['-H'], { stdio: 'ignore' }).error === undefined;
if (!canTrust)
  console.warn('no certutil (WAVU_CERTUTIL may name one): whether Chromium trusts the authority stays unproven here');

let relay: RelayProcess;
let home: string;
let browser: Browser;

beforeAll(async () => {
  relay = await startRelay();
  home = await mkdtemp(join(tmpdir(), 'wavu-home-'));
  await mkdir(join(home, '.pki/nssdb'), { recursive: true });
  // Before the browser makes one with a password.
  if (canTrust) nss(['-N', '--empty-password']);
  browser = await openChromium(['--host-resolver-rules=MAP village.test 127.0.0.1, MAP bank.example 127.0.0.1'], home);
});

afterAll(async () => {
  await browser?.close();
  await relay?.close();
  await rm(home, { recursive: true, force: true });
});

const nss = (args: readonly string[]): void => {
  // Where it would ask somebody for a password, it asks for ever.
  const ran = spawnSync(certutil, ['-d', `sql:${join(home, '.pki/nssdb')}`, ...args], { stdio: 'ignore', timeout: 10_000 });
  if (ran.status !== 0) throw new Error(`certutil ${args[0]} ended with ${ran.status ?? ran.signal}`);
};
/** As a person does by the doorstep's steps. */
const trust = async (name: string, der: Uint8Array): Promise<void> => {
  const file = join(home, `${name}.crt`);
  await writeFile(file, der);
  nss(['-A', '-t', 'C,,', '-n', name, '-i', file]);
};
const reopen = async (): Promise<void> => {
  await browser.close();
  browser = await openChromium(['--host-resolver-rules=MAP bank.example 127.0.0.1, MAP village.test 127.0.0.1'], home);
};

test('the doorstep offers it, fits a phone, and its file opens as a certificate', async () => {
  const context = await openProfile(browser, { viewport: phone });
  const { page, open } = await openPage(context);
  await open(`http://village.test:${relay.port}/`);
  await page.getByRole('heading', { name: 'Without the warning' }).waitFor();
  for (const each of await page.locator('summary').all()) await each.click();
  expect(await findViolations(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('a[href$=".crt"]').click()]);
  expect(download.suggestedFilename()).toBe('wavu-authority.crt');
  await context.close();
});

test.skipIf(!canTrust)('who trusts it has the whole door: no warning, a service worker, an open relay', async () => {
  const url = `https://127.0.0.1:${relay.port}/`;
  const before = await (await openProfile(browser)).newPage();
  await expect(before.goto(url)).rejects.toThrow('ERR_CERT_AUTHORITY_INVALID');
  const given = await fetch(`${relay.url}wavu-authority.crt`);
  await browser.close();
  await trust('relay', new Uint8Array(await given.arrayBuffer()));
  await reopen();
  const { open, untilInstalled, complaints, page } = await openPage(await openProfile(browser));
  const socket = page.waitForEvent('websocket');
  await open(url);
  await untilInstalled();
  expect((await socket).url()).toContain(`wss://127.0.0.1:${relay.port}`);
  expect(complaints).toEqual([]);
});

test.skipIf(!canTrust)('an authority that is trusted speaks in vain for a name of the internet', async () => {
  const entropy = createEntropy();
  const authority = readAuthority(makeAuthority(Date.now(), entropy, null))!;
  const serve = async (names: readonly string[], addresses: readonly string[]): Promise<number> => {
    const { cert, key } = readLeaf(authority, makeLeaf(authority, Date.now(), entropy, { names, addresses }))!;
    const server = createServer({ cert, key }, (_request, response) => response.end('<title>There</title>'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    stops.push(() => server.close());
    return (server.address() as AddressInfo).port;
  };
  const stops: (() => void)[] = [];
  await browser.close();
  await trust('another', authority.der);
  await reopen();
  const page = await (await openProfile(browser)).newPage();
  await page.goto(`https://127.0.0.1:${await serve(['localhost'], ['127.0.0.1'])}/`);
  expect(await page.title()).toBe('There');
  await expect(page.goto(`https://bank.example:${await serve(['bank.example'], [])}/`)).rejects.toThrow('ERR_CERT');
  await expect(page.goto(`https://127.0.0.1:${await serve(['bank.example'], ['127.0.0.1'])}/`)).rejects.toThrow('ERR_CERT');
  for (const stop of stops) stop();
});
