/** What I said and nobody acknowledged yet: sealed bytes, handed to every path until one signed receipt comes. */
import type { Core } from '../core.ts';
import { concat } from '../../protocol/bytes.ts';
import { encodeFrame } from '../../protocol/frame.ts';
import type { RoomId } from '../../protocol/ids.ts';
import type { Stop } from '../../ports/clock.ts';
import type { Write } from '../../ports/storage.ts';
import { sendTo } from '../mesh/peers.ts';
import type { Peer, Peers } from '../mesh/peers.ts';
import { keyOf, roomAndNumberIn, under } from '../records.ts';
import { has } from '../rooms/room.ts';

export interface Outbox {
  load(): Promise<void>;
  /** The write that must be in the same commit as the message; `add` after it. */
  write(room: RoomId, n: number, envelope: Uint8Array): Write;
  add(room: RoomId, n: number, envelope: Uint8Array): void;
  /** Hands whatever a path has not had to it. */
  flush(room: RoomId): void;
  hasLeft(room: RoomId, n: number): boolean;
  /** Drops what `got` now covers: the writes, to commit with the receipt. */
  settle(room: RoomId): readonly Write[];
  drop(room: RoomId): void;
  close(): void;
}

export function createOutbox(core: Core, peers: Peers, leftNow: (room: RoomId) => void): Outbox {
  const rooms = new Map<RoomId, Map<number, Entry>>();
  let retry: Stop | null = null;
  let isSavingLeft = false;

  const add = (room: RoomId, n: number, envelope: Uint8Array, left: boolean): void => {
    const entries = rooms.get(room) ?? new Map<number, Entry>();
    rooms.set(room, entries.set(n, { envelope, left, isLeftSaved: left, had: new Map(), waitMs: firstWaitMs, tries: 0 }));
  };

  /** Answers whether a path was too full to take it all. */
  const flushTo = (room: RoomId, peer: Peer): boolean => {
    const known = peer.device === null ? undefined : core.rooms.get(room)?.got.get(peer.device);
    let isFirst = false;
    for (const [n, entry] of rooms.get(room) ?? []) {
      if (entry.had.get(peer.id) === peer.era || has(known, n)) continue;
      const result = sendTo(peer, encodeFrame({ kind: 'envelope', bytes: entry.envelope }));
      if (result !== 'sent') return result === 'full';
      entry.had.set(peer.id, peer.era);
      if (entry.left) continue;
      entry.left = true;
      isFirst = true;
    }
    if (isFirst) {
      leftNow(room);
      saveLeft();
    }
    return false;
  };

  /** Most are acknowledged before this gets its turn, and then nothing is written. */
  const saveLeft = (): void => {
    if (isSavingLeft) return;
    isSavingLeft = true;
    void core.lane.run(async () => {
      isSavingLeft = false;
      const unsaved = [...rooms].flatMap(([room, entries]) =>
        [...entries].flatMap(([n, entry]) => (entry.left && !entry.isLeftSaved ? [{ room, n, entry }] : [])),
      );
      if (unsaved.length === 0) return;
      const writes = unsaved.map(({ room, n, entry }) => record(room, n, entry.envelope, true));
      if (!(await core.commit(writes, 'relaxed'))) return;
      for (const { entry } of unsaved) entry.isLeftSaved = true;
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
          entry.had.clear();
        }
        outbox.flush(room);
      }
    });
  };

  const outbox: Outbox = {
    load: async () => {
      for (const record of await core.storage.range(under('outbox'))) {
        const { room, n } = roomAndNumberIn(record.key);
        add(room, n, record.value.slice(1), record.value[0] === 1);
      }
    },
    write: (room, n, envelope) => record(room, n, envelope, false),
    add: (room, n, envelope) => add(room, n, envelope, false),
    flush: (room) => {
      const isFull = peers.inRoom(room).map((peer) => flushTo(room, peer)).includes(true);
      const entries = [...(rooms.get(room)?.values() ?? [])];
      // Nobody there: the next path to open asks by itself.
      if (isFull || entries.some((entry) => entry.had.size > 0)) plan();
    },
    hasLeft: (room, n) => rooms.get(room)?.get(n)?.left ?? false,
    settle: (id) => {
      const room = core.rooms.get(id);
      const entries = rooms.get(id);
      if (room === undefined || entries === undefined) return [];
      const heads = [...room.got.values()];
      const settled = [...entries.keys()].filter((n) => heads.some((head) => has(head, n)));
      for (const n of settled) entries.delete(n);
      if (entries.size === 0) rooms.delete(id);
      return settled.map((n) => ({ op: 'delete', key: keyOf.outbox(id, n) }));
    },
    drop: (room) => void rooms.delete(room),
    close: () => retry?.(),
  };
  return outbox;
}

interface Entry {
  readonly envelope: Uint8Array;
  left: boolean;
  isLeftSaved: boolean;
  /** Which peers had it, and in which era of theirs. */
  readonly had: Map<string, number>;
  waitMs: number;
  tries: number;
}

const tickMs = 1_000;
const firstWaitMs = 4_000;
const longestWaitMs = 60_000;

const record = (room: RoomId, n: number, envelope: Uint8Array, left: boolean): Write => ({
  op: 'put',
  key: keyOf.outbox(room, n),
  value: concat([Uint8Array.of(left ? 1 : 0), envelope]),
});
