/**
 * A tab that the browser froze for longer than others wait: it thaws, and everybody is there again within 3 s, with what was said
 * meanwhile. By its relay, or by its links, which stood all the time; with no relay anywhere nobody else could have led it back.
 */
import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openChromium } from './browsers.ts';
import { openProfile } from './hands.ts';
import { createSteps, isDirect, isRelayOpen, openPerson, said, tell, untilDirect } from './person.ts';
import type { Person, PersonOnPage } from './person.ts';
import { startRelay } from './relay-process.ts';
import type { RelayProcess } from './relay-process.ts';
import type { Seen } from './seen.ts';

const names = ['Asha', 'Baraka', 'Chipo'] as const;
const backMs = 3_000;
const gone = 'While you slept';

/** What became of the relay while Asha was frozen. Who is silent for 150 s is let go of; so are all by one that starts anew. */
const relays = ['stands', 'let go of her', 'is dead'] as const;

interface Story {
  readonly relay: RelayProcess;
  readonly asha: PersonOnPage;
  readonly others: readonly Person[];
  readonly devtools: CDPSession;
}

const stories = new Map<(typeof relays)[number], Story>();
let chromium: Browser;

beforeAll(async () => {
  chromium = await openChromium();
  for (const each of relays) stories.set(each, await gather(await startRelay({ square: 'off' })));
});

afterAll(async () => {
  await chromium?.close();
  await Promise.all([...stories.values()].map(({ relay }) => relay.close()));
});

beforeEach(createSteps());

async function gather(relay: RelayProcess): Promise<Story> {
  const people: PersonOnPage[] = [];
  for (const name of names) people.push(await openPerson(name, await openProfile(chromium)));
  const [asha, ...others] = people as [PersonOnPage, ...PersonOnPage[]];
  await asha.arrive(relay.url);
  const invite = await asha.startRoom('The well');
  for (const person of others) {
    await person.arrive(invite);
    await person.openRoom('The well');
  }
  for (const one of people) for (const other of people) if (other !== one) await untilDirect(one, other.name);
  return { relay, asha, others, devtools: await asha.page.context().newCDPSession(asha.page) };
}

// `Page.setWebLifecycleState` leaves a page under a driver running. Its debugger stops it as freezing does: no timer, no
// message, no answer, while the browser's own threads keep sockets and channels alive.
async function freeze(devtools: CDPSession): Promise<void> {
  await devtools.send('Debugger.enable');
  const paused = new Promise((resolve) => devtools.once('Debugger.paused', resolve));
  await devtools.send('Debugger.pause');
  await paused;
}

async function thaw(devtools: CDPSession, page: Page): Promise<void> {
  await devtools.send('Debugger.resume');
  // Whoever looks at a frozen page makes it shown.
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
}

const isAway = ({ people }: Seen): boolean => people.some(({ name, here }) => name.startsWith('Asha') && !here);

const areHere = (person: Person): Promise<unknown> =>
  person.until('both others here', ({ people }) => people.filter(({ here }) => here).length === 2, backMs);

test('frozen until its links were taken for dead, the others talk on', { timeout: 180_000 }, async () => {
  for (const [relayIs, { relay, asha, others, devtools }] of stories) {
    if (relayIs === 'is dead') {
      await relay.kill('SIGKILL');
      await tell(asha, others, 'It went dark');
    }
    await freeze(devtools);
    if (relayIs !== 'let go of her') continue;
    await relay.kill('SIGTERM');
    await relay.restart();
  }
  for (const [relayIs, { others }] of stories) {
    // A relay that stands still has its socket: so it is reached by it, if at all.
    const isSilent = (seen: Seen): boolean => (relayIs === 'stands' ? !isDirect(seen, 'Asha') : isAway(seen));
    await Promise.all(others.map((person) => person.until('Asha silent', isSilent)));
    if (relayIs !== 'is dead') await Promise.all(others.map((person) => person.until('the relay', isRelayOpen)));
    const [baraka, ...more] = others as [Person, ...Person[]];
    await tell(baraka, more, gone);
  }
});

test.each(relays)('thawed, and its relay %s: back within 3 s, and reads what was said', async (relayIs) => {
  const { asha, others, devtools } = stories.get(relayIs)!;
  await thaw(devtools, asha.page);
  await Promise.all([
    asha.until(`"${gone}"`, (seen) => said(seen, gone).length === 1, backMs),
    ...[asha, ...others].map(areHere),
  ]);
  await tell(asha, others, 'I am awake');
  for (const other of others) await Promise.all([untilDirect(asha, other.name), untilDirect(other, 'Asha')]);
  if (relayIs !== 'is dead') await asha.until('the relay', isRelayOpen);
  expect([asha, ...others].flatMap(({ hands }) => hands.complaints)).toEqual([]);
});
