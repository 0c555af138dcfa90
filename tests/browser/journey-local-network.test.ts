/**
 * Wavu from an HTTPS address of the internet, and a relay in the house: what Chromium lets such a page do. Its address is declared to be
 * public, since here all addresses are near.
 */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withSecondDoor } from '../../relay/second-door.ts';
import { en } from '../../src/ui/words/en.ts';
import { openChromium } from './browsers.ts';
import { openPage, openProfile } from './hands.ts';
import { createPerson, isRelayOpen } from './person.ts';
import { startRelay } from './relay-process.ts';
import type { RelayProcess } from './relay-process.ts';

let far: RelayProcess;
let house: RelayProcess;
let browser: Browser;
let origin: string;

beforeAll(async () => {
  [far, house] = await Promise.all([startRelay({ square: 'off' }), startRelay({ square: 'off' })]);
  origin = `https://127.0.0.1:${far.port}`;
  browser = await openChromium(['--ignore-certificate-errors', `--ip-address-space-overrides=127.0.0.1:${far.port}=public`]);
});

afterAll(async () => {
  await browser?.close();
  await Promise.all([far?.close(), house?.close()]);
});

async function paste(address: string, may: 'allowed' | 'not allowed'): Promise<Page> {
  const context = await openProfile(browser, { ignoreHTTPSErrors: true });
  if (may === 'allowed') await context.grantPermissions(['local-network-access'], { origin });
  const hands = await openPage(context);
  const asha = createPerson('Asha', hands);
  await asha.arrive(`${origin}/`);
  await asha.until('the own relay', isRelayOpen);
  await hands.press(en.home.join);
  await hands.fill('#invite-link', address);
  await hands.press(en.join.connect);
  return hands.page;
}
const linked = (page: Page): Promise<void> =>
  page.locator('.other-relays li', { hasText: en.mesh.relayOpen }).waitFor({ timeout: 30_000 });

test('allowed, a page of HTTPS gets to the relay by plain ws://', async () => {
  const page = await paste(`http://127.0.0.1:${house.port}/`, 'allowed');
  await linked(page);
  await page.context().close();
});

test('not allowed, it is told what to do', async () => {
  const page = await paste(`http://127.0.0.1:${house.port}/`, 'not allowed');
  await page.getByRole('alert').filter({ hasText: en.join.relayUnreachable }).waitFor({ timeout: 30_000 });
  await page.context().close();
});

test('not allowed, the code of the relay leads in by the second door', async () => {
  const card = (await (await fetch(`${house.url}.well-known/wavu.json`)).json()) as {
    readonly relay: { readonly addresses: readonly string[] };
  };
  const code = withSecondDoor(`http://127.0.0.1:${house.port}/`, card.relay.addresses);
  expect(code).toContain('certhash=');
  const page = await paste(code, 'not allowed');
  await linked(page);
  await page.context().close();
});
