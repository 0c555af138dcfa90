/** What I said and nobody acknowledged yet: sealed bytes, handed to every path of the room until one receipt comes. */
import type { Cast } from '../cast/cast.ts';
import type { Core } from '../core.ts';
import { concat } from '../../protocol/bytes.ts';
import type { DeviceId, PeerId, RoomId } from '../../protocol/ids.ts';
import type { Stop } from '../../ports/clock.ts';
import type { Link } from '../../ports/network.ts';
import type { Write } from '../../ports/storage.ts';
import { sendBy, waysTo } from '../mesh/peers.ts';
import type { Peer, Peers } from '../mesh/peers.ts';
import { keyOf, roomAndNumberIn, under } from '../records.ts';
import { acknowledged, handedOver, unacknowledged } from '../routing/evidence.ts';
import { has } from '../rooms/room.ts';
import type { Head } from '../rooms/room.ts';
import { frameOf } from './say.ts';
import type { Share } from './share.ts';

export interface Outbox {
  load(): Promise<void>;
  /** The write that must be in the same commit as the message; `add` after it. Null: nobody else was there, and whoever comes may not read it. */
  write(room: RoomId, n: number, envelope: Uint8Array | null): Write;
  add(room: RoomId, n: number, envelope: Uint8Array | null): void;
  /** Hands to every path of the room what it has not had. */
  flush(room: RoomId): void;
  /** What is for others, and nobody acknowledged. */
  numbers(room: RoomId): readonly number[];
  /** As the disk knows it, of what nobody acknowledged. */
  stateOf(room: RoomId, n: number): 'waiting' | 'left' | 'alone';
  /** What one of these heads covers need not be kept: the writes for the same commit, and what to do after it. */
  settled(room: RoomId, got: ReadonlyMap<DeviceId, Head>): { readonly writes: readonly Write[]; apply(): void };
  drop(room: RoomId): void;
  close(): void;
}

export function createOutbox(core: Core, peers: Peers, share: Share, cast: Cast, leftNow: (room: RoomId) => void): Outbox {
  const rooms = new Map<RoomId, Map<number, Entry>>();
  let retry: Stop | null = null;
  let savePlanned: Stop | null = null;

  const add = (room: RoomId, n: number, state: Entry['state'], envelope: Uint8Array): void => {
    const entries = rooms.get(room) ?? new Map<number, Entry>();
    const hasGone = state === 'left';
    rooms.set(room, entries.set(n, { envelope, state, hasGone, had: new Map(), waitMs: firstWaitMs, tries: 0 }));
  };

  /** Answers whether a path was too full to take it all. What nobody answered goes to everybody, also beyond those next to us. */
  const flushTo = (room: RoomId, me: DeviceId, peer: Peer, next: readonly Peer[], handed: Map<Entry, Peer[]>): boolean => {
    const isNext = next.includes(peer);
    const known = peer.device === null ? undefined : core.rooms.get(room)?.got.get(peer.device);
    const lacking = [...(rooms.get(room) ?? [])].filter(
      ([n, { state, tries }]) => state !== 'alone' && (isNext || tries > 0) && !has(known, n) && n > (known?.from ?? 0),
    );
    let isFull = false;
    // A long history is asked for by what they show to have.
    for (const [n, entry] of lacking.slice(-mostAtOnce)) {
      if (entry.had.get(peer.id)?.era === peer.era) continue;
      const words = { room, author: me, sealed: entry.envelope };
      const frame = isNext && entry.tries === 0 ? cast.frameTo(words, peer, next) : frameOf(entry.envelope);
      const isFirst = entry.tries === 0 && !entry.had.has(peer.id);
      const what = isFirst ? (n === lacking.at(-1)?.[0] ? 'new' : 'first') : 'again';
      const ways = waysTo(peer, entry.tries > 0);
      if (!share.take(peer, frame.length * ways.length, ways.length, what)) {
        isFull = true;
        continue;
      }
      const result = sendBy(peer, ways, frame);
      handedOver(peer, result === 'full');
      if (result !== 'sent') return result === 'full';
      entry.had.set(peer.id, { era: peer.era, ways });
      handed.set(entry, [...(handed.get(entry) ?? []), peer]);
      if (!entry.hasGone) saveLeft();
      entry.hasGone = true;
    }
    return isFull;
  };

  /** Shown once it is on the disk, for a mark never goes back. Most are acknowledged before their turn comes, and nothing is written. */
  const saveLeft = (): void => {
    savePlanned ??= core.clock.after(saveLeftMs, () => {
      savePlanned = null;
      void core.lane.run(async () => {
        const unsaved = [...rooms].flatMap(([room, entries]) =>
          [...entries].flatMap(([n, entry]) => (entry.hasGone && entry.state === 'waiting' ? [{ room, n, entry }] : [])),
        );
        const writes = unsaved.map(({ room, n, entry }) => record(room, n, 'left', entry.envelope));
        if (writes.length === 0 || !(await core.commit(writes, 'strict'))) return;
        for (const { entry } of unsaved) entry.state = 'left';
        for (const room of new Set(unsaved.map((each) => each.room))) leftNow(room);
      });
    });
  };

  /** Silence: the same bytes again, ever more patiently. A path that is full is asked again soon. */
  const plan = (): void => {
    if (retry !== null) return;
    retry = core.clock.after(tickMs, () => {
      retry = null;
      for (const [room, entries] of rooms) {
        for (const entry of entries.values()) {
          if (entry.had.size === 0) continue;
          entry.waitMs -= tickMs;
          if (entry.waitMs > 0) continue;
          entry.tries += 1;
          entry.waitMs = Math.min(firstWaitMs * 2 ** Math.min(entry.tries, 8), longestWaitMs);
          for (const { peer, ways } of havingIt(entry)) unacknowledged(peer, ways);
          entry.had.clear();
        }
        outbox.flush(room);
      }
    });
  };

  /** Who had it on the path that still stands. */
  const havingIt = ({ had }: Entry): readonly { readonly peer: Peer; readonly ways: readonly Link[] }[] =>
    [...had].flatMap(([id, { era, ways }]) => {
      const peer = peers.get(id);
      return peer?.era === era ? { peer, ways } : [];
    });

  const outbox: Outbox = {
    load: async () => {
      for (const record of await core.storage.range(under('outbox'))) {
        const { room, n } = roomAndNumberIn(record.key);
        add(room, n, states[record.value[0] ?? 0] ?? 'waiting', record.value.slice(1));
      }
    },
    write: (room, n, envelope) => record(room, n, envelope === null ? 'alone' : 'waiting', envelope ?? nothing),
    add: (room, n, envelope) => add(room, n, envelope === null ? 'alone' : 'waiting', envelope ?? nothing),
    flush: (room) => {
      const me = core.me()?.key.id;
      if (me === undefined || !rooms.has(room)) return;
      const next = cast.firstOf(room, me);
      const handed = new Map<Entry, Peer[]>();
      const isFull = peers
        .inRoom(room)
        .map((peer) => flushTo(room, me, peer, next, handed))
        .includes(true);
      for (const [{ envelope }, to] of handed) cast.said({ room, author: me, sealed: envelope }, to);
      const entries = [...(rooms.get(room)?.values() ?? [])];
      // Nobody there: the next path to open asks by itself.
      if (isFull || entries.some((entry) => entry.had.size > 0)) plan();
    },
    numbers: (room) => [...(rooms.get(room) ?? [])].flatMap(([n, { state }]) => (state === 'alone' ? [] : n)),
    stateOf: (room, n) => rooms.get(room)?.get(n)?.state ?? 'waiting',
    settled: (id, got) => {
      const entries = rooms.get(id) ?? new Map<number, Entry>();
      const heads = [...got.values()];
      const gone = [...entries].filter(([n]) => heads.some((head) => has(head, n)));
      return {
        writes: gone.map(([n]) => ({ op: 'delete', key: keyOf.outbox(id, n) })),
        apply: () => {
          for (const [n, entry] of gone) {
            // The first to acknowledge are all that is waited for: of the others nothing is said.
            for (const { peer, ways } of havingIt(entry)) {
              if (peer.device !== null && has(got.get(peer.device), n)) acknowledged(peer, ways);
            }
            entries.delete(n);
          }
          if (entries.size === 0) rooms.delete(id);
        },
      };
    },
    drop: (room) => void rooms.delete(room),
    close: () => {
      retry?.();
      savePlanned?.();
    },
  };
  return outbox;
}

interface Entry {
  readonly envelope: Uint8Array;
  /** Handed to a path. */
  hasGone: boolean;
  /** As the disk knows it. */
  state: (typeof states)[number];
  /** Which peers had it, in which era of theirs, and by which ways last. */
  readonly had: Map<PeerId, { readonly era: number; readonly ways: readonly Link[] }>;
  waitMs: number;
  tries: number;
}

const mostAtOnce = 64;
const tickMs = 1_000;
const saveLeftMs = 300;
const firstWaitMs = 4_000;
const longestWaitMs = 60_000;

/** By the first byte of their records. */
const states = ['waiting', 'left', 'alone'] as const;
const nothing = new Uint8Array(0);

const record = (room: RoomId, n: number, state: Entry['state'], envelope: Uint8Array): Write => ({
  op: 'put',
  key: keyOf.outbox(room, n),
  value: concat([Uint8Array.of(states.indexOf(state)), envelope]),
});
