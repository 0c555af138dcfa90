/**
 * A hundred introductions with no relay anywhere, each between two others: people of one room lose their link, and a stranger, who is all
 * they both still reach, carries what makes the next one. Chromium's own WebRTC; nothing is tried by hand.
 */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { en } from '../../src/ui/words/en.ts';
import { openChromium } from '../browser/browsers.ts';
import { openPage, openProfile } from '../browser/hands.ts';
import { createPerson, tell, untilDirect } from '../browser/person.ts';
import type { Person } from '../browser/person.ts';
import { startRelay } from '../browser/relay-process.ts';

/** Fewer only to try this file out. */
const introductions = Number(process.env['WAVU_INTRODUCTIONS'] ?? 100);
const atOnce = 2;
const withinMs = 30_000;

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
  await (dropper === 'Asha' ? atAsha : atChipo).evaluate((name) => links().drop(name), shared);
  const next = await newLink(atAsha, atChipo, shared);
  const tookMs = performance.now() - startedAtMs;
  if (next !== null) await tell(chipo, [asha], 'Still here');
  await Promise.all(people.map(({ hands }) => hands.close()));
  await relay.close();
  return next === null ? null : tookMs;
}

interface Links {
  /** Of those that are open: the names of both ends (ICE’s ufrag), the lower first. */
  readonly open: () => readonly string[];
  readonly drop: (name: string) => void;
}

// Only ever named inside functions that run in the page, where `keepLinks` has put it.
declare function links(): Links;

/** The name of the one link that both have open; waits for it. */
async function sharedLink(one: Page, other: Page): Promise<string> {
  return (await newLink(one, other, '')) ?? '';
}

async function newLink(one: Page, other: Page, before: string): Promise<string | null> {
  for (const endMs = performance.now() + withinMs; performance.now() < endMs;) {
    const [mine, theirs] = await Promise.all([one, other].map((page) => page.evaluate(() => links().open())));
    const both = mine?.filter((name) => name !== before && theirs?.includes(name) === true) ?? [];
    if (both.length > 0) return both[0] ?? null;
  }
  return null;
}

/** Runs in the page before anything of it does. */
function keepLinks(): void {
  const kept = new Set<RTCPeerConnection>();
  const channels = new WeakMap<RTCPeerConnection, RTCDataChannel[]>();
  const Plain = RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Plain {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      kept.add(this);
    }
    override createDataChannel(label: string, init?: RTCDataChannelInit): RTCDataChannel {
      const channel = super.createDataChannel(label, init);
      channels.set(this, [...(channels.get(this) ?? []), channel]);
      return channel;
    }
  };
  const ufragIn = (description: RTCSessionDescription | null): string =>
    /^a=ice-ufrag:(.+?)\r?$/m.exec(description?.sdp ?? '')?.[1] ?? '';
  const nameOf = (each: RTCPeerConnection): string =>
    [ufragIn(each.localDescription), ufragIn(each.remoteDescription)].toSorted().join(' ');
  const isOpen = (each: RTCPeerConnection): boolean =>
    each.connectionState === 'connected' && (channels.get(each) ?? []).every(({ readyState }) => readyState === 'open');
  Object.assign(globalThis, {
    links: (): Links => ({
      open: () => [...kept].filter(isOpen).map(nameOf),
      drop: (name) => {
        for (const each of kept) if (nameOf(each) === name) for (const channel of channels.get(each) ?? []) channel.close();
      },
    }),
  });
}
