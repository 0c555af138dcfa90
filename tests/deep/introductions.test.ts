/**
 * A hundred introductions with no relay anywhere, each between two others: people of one room lose their link, and a stranger, who is all
 * they both still reach, carries what makes the next one. Chromium's own WebRTC; nothing is tried by hand.
 */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { en } from '../../src/ui/words/en.ts';
import { openChromium } from '../browser/browsers.ts';
import { openPage, openProfile } from '../browser/hands.ts';
import { dropLink, keepLinks, newLink, sharedLink } from '../browser/kept-links.ts';
import { createPerson, tell, untilDirect } from '../browser/person.ts';
import type { Person } from '../browser/person.ts';
import { startRelay } from '../browser/relay-process.ts';

/** Fewer only to try this file out. */
const introductions = Number(process.env['WAVU_INTRODUCTIONS'] ?? 100);
const atOnce = 2;

let chromium: Browser;

beforeAll(async () => {
  chromium = await openChromium();
});

afterAll(async () => {
  await chromium?.close();
});

test(`${introductions} introductions by a stranger, the relay dead: 0 failures`, async () => {
  const failed: number[] = [];
  const tookMs: number[] = [];
  for (let at = 0; at < introductions; at += atOnce) {
    const some = Array.from({ length: Math.min(atOnce, introductions - at) }, (_, more) => at + more);
    const took = await Promise.all(some.map((each) => introduce(each % 2 === 0 ? 'Asha' : 'Chipo')));
    for (const [more, ms] of took.entries()) {
      if (ms === null) failed.push(at + more);
      else tookMs.push(ms);
    }
  }
  const sorted = tookMs.toSorted((one, other) => one - other);
  process.stderr.write(
    `introductions: ${tookMs.length} of ${introductions}, median ${sorted[sorted.length >> 1]?.toFixed(0)} ms, slowest ${sorted.at(-1)?.toFixed(0)} ms\n`,
  );
  expect(failed).toEqual([]);
});

/** Three people of their own and a relay that dies: how long until the two whose link one of them dropped have another. */
async function introduce(dropper: 'Asha' | 'Chipo'): Promise<number | null> {
  const relay = await startRelay();
  const pages: Page[] = [];
  const people: Person[] = [];
  for (const name of ['Asha', 'Baraka', 'Chipo']) {
    const context = await openProfile(chromium);
    await context.addInitScript(keepLinks);
    const hands = await openPage(context);
    pages.push(hands.page);
    people.push(createPerson(name, hands));
  }
  const [asha, baraka, chipo] = people as [Person, Person, Person];
  const [atAsha, , atChipo] = pages as [Page, Page, Page];
  await asha.arrive(relay.url);
  const invite = await asha.startRoom('The well');
  await baraka.arrive(relay.url);
  await chipo.arrive(invite);
  await chipo.openRoom('The well');
  await untilDirect(asha, 'Chipo');
  await baraka.showTab('mesh');
  await baraka.until('two direct links', ({ links }) => links.filter(({ path }) => path.includes(en.people.direct)).length === 2);
  await relay.kill('SIGKILL');
  await tell(asha, [chipo], 'It went dark');

  const shared = await sharedLink(atAsha, atChipo);
  const startedAtMs = performance.now();
  await dropLink(dropper === 'Asha' ? atAsha : atChipo, shared);
  const next = await newLink(atAsha, atChipo, shared);
  const tookMs = performance.now() - startedAtMs;
  if (next !== null) await tell(chipo, [asha], 'Still here');
  await Promise.all(people.map(({ hands }) => hands.close()));
  await relay.close();
  return next === null ? null : tookMs;
}
