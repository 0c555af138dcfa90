/**
 * A hundred introductions with no relay anywhere: two people of one room lose their link again and again, and each time a stranger,
 * who is all they both still reach, carries what makes the next one. Chromium's own WebRTC; nothing is tried by hand.
 */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { en } from '../../src/ui/words/en.ts';
import { openPage, openProfile } from '../browser/hands.ts';
import { createPerson, tell, untilDirect } from '../browser/person.ts';
import type { Person } from '../browser/person.ts';
import { createStage } from '../browser/stage.ts';

const introductions = 100;
const withinMs = 30_000;

const stage = createStage();

test(`${introductions} introductions by a stranger, the relay dead: 0 failures`, async () => {
  const names = ['Asha', 'Baraka', 'Chipo'];
  const pages: Page[] = [];
  const people: Person[] = [];
  for (const name of names) {
    const context = await openProfile(stage.chromium);
    await context.addInitScript(keepLinks);
    const hands = await openPage(context);
    pages.push(hands.page);
    people.push(createPerson(name, hands));
  }
  const [asha, baraka, chipo] = people as [Person, Person, Person];
  const [atAsha, , atChipo] = pages as [Page, Page, Page];
  await asha.arrive(stage.relay.url);
  const invite = await asha.startRoom('The well');
  await baraka.arrive(stage.relay.url);
  await chipo.arrive(invite);
  await chipo.openRoom('The well');
  await untilDirect(asha, 'Chipo');
  await baraka.showTab('mesh');
  await baraka.until('two direct links', ({ links }) => links.filter(({ path }) => path.includes(en.people.direct)).length === 2);
  await stage.relay.kill('SIGKILL');
  await tell(asha, [chipo], 'It went dark');

  const failed: string[] = [];
  const tookMs: number[] = [];
  for (let at = 0; at < introductions; at += 1) {
    const shared = await sharedLink(atAsha, atChipo);
    const startedAtMs = performance.now();
    // By turns, so that either has to notice.
    await (at % 2 === 0 ? atAsha : atChipo).evaluate((name) => links().drop(name), shared);
    const next = await newLink(atAsha, atChipo, shared);
    if (next === null) failed.push(`${at}: nothing within ${withinMs} ms`);
    else tookMs.push(performance.now() - startedAtMs);
    if (next === null) break;
  }
  const sorted = tookMs.toSorted((one, other) => one - other);
  process.stderr.write(
    `introductions: ${tookMs.length} of ${introductions}, median ${sorted[sorted.length >> 1]?.toFixed(0)} ms, slowest ${sorted.at(-1)?.toFixed(0)} ms\n`,
  );
  expect(failed).toEqual([]);
  await tell(chipo, [asha], 'Still here');
});

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
