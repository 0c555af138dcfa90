/** Proves that Chromium and Firefox are one mesh: the same journey, shorter. Skipped aloud where there is no Firefox. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createSteps, isRelayOpen, said, tell, untilDirect } from './person.ts';
import type { Person } from './person.ts';
import type { RelayProcess } from './relay-process.ts';
import { openTwoBrowsers } from './two-browsers.ts';
import type { TwoBrowsers } from './two-browsers.ts';

const room = 'Two browsers';

let two: TwoBrowsers | { readonly absent: string };
let relay: RelayProcess;
let asha: Person;
let fatuma: Person;

beforeAll(async () => {
  two = await openTwoBrowsers();
  if (!('absent' in two)) ({ relay, asha, fatuma } = two);
});

afterAll(async () => {
  if (two !== undefined && !('absent' in two)) await two.close();
});

const nextStep = createSteps();
beforeEach((context) => {
  if ('absent' in two) context.skip(`Firefox: ${two.absent}`);
  nextStep(context);
});

const bothDirect = (): Promise<unknown> => Promise.all([untilDirect(asha, 'Fatuma'), untilDirect(fatuma, 'Asha')]);

test('a Chromium and a Firefox meet by an invite link, directly', async () => {
  await asha.arrive(relay.url);
  const invite = await asha.startRoom(room);
  await fatuma.arrive(invite);
  const seen = await fatuma.until('the room of the invite', (each) => each.room === room);
  expect(seen.address).toBe(relay.url);
  await bothDirect();
});

test('messages go both ways and are marked received', async () => {
  await tell(asha, [fatuma], 'Hello from Chromium');
  await tell(fatuma, [asha], 'Hello from Firefox');
});

test('after a reload of both the history is there, and the talk goes on', async () => {
  await Promise.all([asha.hands.reload(), fatuma.hands.reload()]);
  await Promise.all([asha.hears('Hello from Firefox'), fatuma.hears('Hello from Chromium')]);
  await tell(fatuma, [asha], 'Still Firefox');
  await tell(asha, [fatuma], 'Still Chromium');
});

test('the relay is killed, they talk on, and what waits is found again when it is back', async () => {
  await bothDirect();
  await relay.kill('SIGTERM');
  await Promise.all(
    [asha, fatuma].map((person) => person.until('the loss of the relay', ({ tide }) => tide.includes('still here'))),
  );
  await tell(asha, [fatuma], 'No relay');
  await tell(fatuma, [asha], 'No matter');
  await asha.hands.open('about:blank');
  await fatuma.until('that Asha is away', ({ people }) => people.some(({ name, here }) => name === 'Asha' && !here));
  await fatuma.write('For when you come back');
  await fatuma.marked('For when you come back', 'waiting');
  await relay.restart();
  await fatuma.until('the relay', isRelayOpen);
  await asha.hands.open(relay.url);
  await asha.openRoom(room);
  const seen = await asha.hears('For when you come back');
  expect(said(seen, 'For when you come back')).toHaveLength(1);
  await fatuma.marked('For when you come back', 'received');
});

test('nobody complained on the way', () => {
  expect([...asha.hands.complaints, ...fatuma.hands.complaints]).toEqual([]);
});
