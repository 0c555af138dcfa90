/**
 * A phone goes from Wi-Fi to mobile data: its sockets are dead, and nothing says so. The browser tells of another kind of network, and
 * the page asks everybody at once instead of trusting its links for three quarters of a minute.
 */
import type { Browser, CDPSession } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openChromium } from './browsers.ts';
import { openProfile } from './hands.ts';
import { isRelayOpen, openPerson } from './person.ts';
import { startRelay } from './relay-process.ts';
import type { RelayProcess } from './relay-process.ts';

const noticedWithinMs = 10_000;
const card = '/.well-known/wavu.json';

let browser: Browser;
let relay: RelayProcess;

beforeAll(async () => {
  // Chromium says the kind of network on Android and ChromeOS alone; this has it say so here.
  browser = await openChromium(['--enable-blink-features=NetInfoDownlinkMax']);
  relay = await startRelay({ square: 'off' });
});

afterAll(async () => {
  // A process that stands still hears of no end.
  process.kill(relay.pid(), 'SIGCONT');
  await browser?.close();
  await relay?.close();
});

/** The browser says another type or speed of the line; packets go as they did. */
async function tellLine(devtools: CDPSession, connectionType: 'wifi' | 'cellular4g', latency: number): Promise<void> {
  const unbounded = { offline: false, downloadThroughput: -1, uploadThroughput: -1 };
  await devtools.send('Network.overrideNetworkState', { ...unbounded, latency, connectionType });
}

test('on another kind of network it asks at once who is there; a guess of the speed is no other network', async () => {
  const { page, arrive, until } = await openPerson('Asha', await openProfile(browser));
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Network.enable');
  await tellLine(devtools, 'wifi', 1);
  await arrive(relay.url);
  await until('the relay', isRelayOpen);
  const asked: string[] = [];
  page.on('request', (request) => void asked.push(new URL(request.url()).pathname));

  process.kill(relay.pid(), 'SIGSTOP');
  const slower = await page.evaluateHandle(hearChange);
  await tellLine(devtools, 'wifi', 400);
  expect(await slower.evaluate(({ type }) => type)).toBe('wifi');
  expect(asked).toEqual([]);

  const moved = await page.evaluateHandle(hearChange);
  await tellLine(devtools, 'cellular4g', 400);
  expect(await moved.evaluate(({ type }) => type)).toBe('cellular');
  await until('the loss of the relay', (seen) => !isRelayOpen(seen), noticedWithinMs);
  expect(asked).toEqual([card]);

  process.kill(relay.pid(), 'SIGCONT');
  await until('the relay again', isRelayOpen);
});

/** Stands alone: it is sent as text. The type of the network, once the browser told of a change. */
function hearChange(): { readonly type: Promise<string> } {
  const { connection } = navigator as Navigator & { readonly connection: EventTarget & { readonly type: string } };
  return {
    type: new Promise((resolve) => connection.addEventListener('change', () => resolve(connection.type), { once: true })),
  };
}
