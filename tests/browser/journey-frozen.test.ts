/**
 * A tab that the browser froze for longer than others wait, with no relay anywhere: it thaws, and everybody is there again within
 * 3 s, with what was said meanwhile. Its links stood all the time, and nobody else could have led it back.
 */
import { expect, test } from 'vitest';
import { openPage, openProfile } from './hands.ts';
import { createPerson, said, tell, untilDirect } from './person.ts';
import type { Person } from './person.ts';
import type { Seen } from './seen.ts';
import { createStage } from './stage.ts';

const stage = createStage();

const names = ['Asha', 'Baraka', 'Chipo'] as const;
const backMs = 3_000;
const gone = 'While you slept';

const areHere = (person: Person): Promise<unknown> =>
  person.until('both others here', ({ people }) => people.filter(({ here }) => here).length === 2, backMs);

test('frozen until it was taken for gone, without a relay: back within 3 s, and reads what was said', async () => {
  const hands = [];
  for (const _ of names) hands.push(await openPage(await openProfile(stage.chromium)));
  const people = hands.map((each, at) => createPerson(names[at] ?? '', each));
  const [asha, baraka, chipo] = people as [Person, Person, Person];
  const { page } = hands[0]!;
  await asha.arrive(stage.relay.url);
  const invite = await asha.startRoom('The well');
  for (const person of [baraka, chipo]) {
    await person.arrive(invite);
    await person.openRoom('The well');
  }
  for (const one of people) for (const other of people) if (other !== one) await untilDirect(one, other.name);
  await stage.relay.kill('SIGKILL');
  await tell(asha, [baraka, chipo], 'It went dark');

  // `Page.setWebLifecycleState` leaves a page under a driver running. Its debugger stops it as freezing does: no timer, no
  // message, no answer, while the browser's own threads keep sockets and channels alive.
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Debugger.enable');
  const paused = new Promise((resolve) => devtools.once('Debugger.paused', resolve));
  await devtools.send('Debugger.pause');
  await paused;
  const isGone = ({ people }: Seen): boolean => people.some(({ name, here }) => name.startsWith('Asha') && !here);
  await Promise.all([baraka, chipo].map((person) => person.until('Asha gone', isGone)));
  await tell(baraka, [chipo], gone);

  await devtools.send('Debugger.resume');
  // Whoever looks at a frozen page makes it shown.
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await Promise.all([
    areHere(asha),
    asha.until(`"${gone}"`, (seen) => said(seen, gone).length === 1, backMs),
    areHere(baraka),
    areHere(chipo),
  ]);
  await tell(asha, [baraka, chipo], 'I am awake');
  expect(hands.flatMap(({ complaints }) => complaints)).toEqual([]);
});
