/** Knows the WebRTC links of pages by name, and drops one that is named: what a network does that fails between two of many. */
import type { Page } from 'playwright-core';

/** Runs in the page before anything of it does. */
export function keepLinks(): void {
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

/** The name of the one link that both have open; waits for it. */
export async function sharedLink(one: Page, other: Page): Promise<string> {
  const name = await newLink(one, other, '');
  if (name === null) throw new Error('they share no link');
  return name;
}

/** The same, of one that they made since; null: none came. */
export async function newLink(one: Page, other: Page, before: string): Promise<string | null> {
  for (const endMs = performance.now() + withinMs; performance.now() < endMs;) {
    const [mine, theirs] = await Promise.all([one, other].map((page) => page.evaluate(() => links().open())));
    const both = mine?.filter((name) => name !== before && theirs?.includes(name) === true) ?? [];
    if (both.length > 0) return both[0] ?? null;
  }
  return null;
}

/** At one end; the other hears of it. */
export const dropLink = (page: Page, name: string): Promise<void> => page.evaluate((each) => links().drop(each), name);

const withinMs = 30_000;

interface Links {
  /** Of those that are open: the names of both ends (ICE’s ufrag), the lower first. */
  readonly open: () => readonly string[];
  readonly drop: (name: string) => void;
}

// Only ever named inside functions that run in the page, where `keepLinks` has put it.
declare function links(): Links;
