/** Two relays that name each other: people of either meet, one relay is killed for good, and who came by it comes back and goes on by the other. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../relay/free-port.ts';
import { openChromium } from './browsers.ts';
import { openPage, openProfile } from './hands.ts';
import { createPerson, tell, untilDirect } from './person.ts';
import { startRelay } from './relay-process.ts';
import type { RelayProcess } from './relay-process.ts';

let chromium: Browser;
let east: RelayProcess;
let west: RelayProcess;

beforeAll(async () => {
  const [eastPort, westPort] = [await freePort(), await freePort()];
  [chromium, east, west] = await Promise.all([
    openChromium(),
    startRelay({ port: eastPort, sister: `http://127.0.0.1:${westPort}` }),
    startRelay({ port: westPort, sister: `http://127.0.0.1:${eastPort}` }),
  ]);
});

afterAll(async () => {
  await chromium?.close();
  await Promise.all([east?.close(), west?.close()]);
});

test('people of two relays talk; one relay dies for good, and who came by it reloads and is met by the other', async () => {
  const [asha, baraka] = [
    createPerson('Asha', await openPage(await openProfile(chromium))),
    createPerson('Baraka', await openPage(await openProfile(chromium))),
  ];
  await asha.arrive(east.url);
  const invite = await asha.startRoom('The well');
  // The same room, at the other relay: the link of an open room names none.
  await baraka.arrive(west.url + new URL(invite).hash);
  await baraka.openRoom('The well');
  await untilDirect(asha, 'Baraka');
  await tell(asha, [baraka], 'From east');
  await tell(baraka, [asha], 'From west');

  await asha.hands.untilInstalled();
  await east.kill('SIGKILL');
  await tell(asha, [baraka], 'It went dark');
  await asha.hands.reload();
  await asha.openRoom('The well');
  await untilDirect(asha, 'Baraka');
  await tell(asha, [baraka], 'I am back');
  await tell(baraka, [asha], 'By my relay');
  expect([asha, baraka].flatMap(({ hands }) => hands.complaints)).toEqual([]);
  await Promise.all([asha, baraka].map(({ hands }) => hands.close()));
});
