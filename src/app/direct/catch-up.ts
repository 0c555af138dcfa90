/** What the other's devices lack of what I said in a conversation of two, and whether I lack some of my own: my disk was set back. */
import type { Core } from '../core.ts';
import { decodeText } from '../../protocol/bytes.ts';
import { encodePassing } from '../../protocol/entries/passing.ts';
import type { Clock } from '../../protocol/entries/passing.ts';
import { shortOf } from '../../protocol/ids.ts';
import type { DeviceId, RoomId } from '../../protocol/ids.ts';
import type { Peer } from '../mesh/peers.ts';
import type { Post } from '../members/post.ts';
import type { Turn, Vault } from '../members/vault.ts';
import { keyOf } from '../records.ts';
import { readDirect } from '../rooms/kept.ts';
import { has, lastSaid, withEntry, withUpTo, writeHead, writeSaid } from '../rooms/room.ts';
import type { Head, Room } from '../rooms/room.ts';
import type { Timelines } from '../rooms/timeline.ts';

export interface CatchUp {
  post(turn: Turn, device: DeviceId, room: Room, seq: number, entry: Uint8Array): Promise<boolean>;
  /** In the lane: gives what they lack, as much as may be under way. */
  give(room: Room, device: DeviceId): Promise<boolean>;
  /** They are at the end of this path. */
  met(room: Room, device: DeviceId, peer: Peer): void;
  tellAgain(turn: Turn, room: Room, device: DeviceId): Promise<boolean>;
  /** They have told theirs. */
  heard(turn: Turn, room: Room, device: DeviceId, clocks: readonly Clock[]): void;
  /** A letter with this entry of mine was taken in by that device: it is on its disk. */
  onArrived(turn: Turn, device: DeviceId, room: RoomId, seq: number): void;
}

export function createCatchUp(core: Core, vault: Vault, post: Post, timelines: Timelines): CatchUp {
  const me = vault.keys.us.device.id;
  /** What they have of mine by their own word, where that is less than they acknowledged. Marks do not go back for it. */
  const lacking = new WeakMap<Room, Map<DeviceId, Head>>();
  /** How far they had acknowledged mine when we met: what came since may not be in their word yet. */
  const metWith = new WeakMap<Room, Map<DeviceId, Met>>();

  /** What they have by what a turn that is not on the disk yet took in: many letters arrive in one. */
  const gotInTurn = new WeakMap<Turn, Map<string, Head>>();

  const clocksOf = (room: Room, device: DeviceId): Uint8Array => {
    const upTo = (author: DeviceId): Clock => ({ device: shortOf(author), seq: room.heads.get(author)?.upTo ?? 0 });
    return encodePassing({ kind: 'clocks', state: 'stored', clocks: [upTo(me), upTo(device)] });
  };

  const give = (room: Room, device: DeviceId): Promise<boolean> =>
    vault.turn(async (turn) => {
      if (core.rooms.get(room.id) !== room) return;
      const mine = room.heads.get(me);
      const had = lacking.get(room)?.get(device) ?? room.got.get(device);
      for (let seq = 1; seq <= lastSaid(room, me) && !post.isBusyWith(device); seq += 1) {
        if (!has(mine, seq) || has(had, seq) || post.isWaiting(device, room.id, seq)) continue;
        const log = await core.storage.get(keyOf.log(room.id, me, seq));
        const kept = log && (await core.storage.get(decodeText(log.value) ?? ''));
        const entry = kept && readDirect(kept.value);
        if (entry && !(await catchUp.post(turn, device, room, seq, entry.entry))) return;
      }
    });

  const catchUp: CatchUp = {
    give,
    post: (turn, device, room, seq, entry) => post.send(turn, device, entry, { room: room.id, seq }),
    met: (room, device, peer) => {
      const before = metWith.get(room) ?? new Map<DeviceId, Met>();
      const isNew = before.get(device)?.peer !== peer || before.get(device)?.era !== peer.era;
      if (isNew) metWith.set(room, before.set(device, { peer, era: peer.era, had: room.got.get(device)?.upTo ?? 0 }));
      void core.lane.run(async () => {
        if (isNew) await vault.turn((turn) => void post.pass(turn, device, clocksOf(room, device), peer));
        await give(room, device);
      });
    },
    tellAgain: (turn, room, device) => post.send(turn, device, clocksOf(room, device)),
    heard: (turn, room, device, clocks) => {
      const theirs = clocks.find((clock) => clock.device === shortOf(me))?.seq ?? 0;
      const said = lastSaid(room, me);
      // They have what I do not know to have said. Nobody else reads this conversation: a lie harms who tells it.
      if (theirs > said && theirs <= mostSaid) {
        turn.write(writeSaid(room.id, theirs));
        turn.after(() => void (room.said = Math.max(room.said, theirs)));
      }
      turn.after(() => {
        const all = lacking.get(room) ?? new Map<DeviceId, Head>();
        if (theirs < (metWith.get(room)?.get(device)?.had ?? 0)) lacking.set(room, all.set(device, withUpTo(undefined, theirs)));
        else all.delete(device);
        void core.lane.run(() => give(room, device));
      });
    },
    onArrived: (turn, device, id, seq) => {
      const room = core.rooms.get(id);
      if (room === undefined) return;
      const all = gotInTurn.get(turn) ?? new Map<string, Head>();
      const key = keyOf.got(id, device);
      const before = all.get(key) ?? room.got.get(device);
      const head = has(before, seq) ? before! : withEntry(before, seq);
      gotInTurn.set(turn, all.set(key, head));
      if (head !== before) turn.write(writeHead(key, head, ''));
      turn.after(() => {
        const lacked = lacking.get(room)?.get(device);
        if (lacked !== undefined) lacking.get(room)?.set(device, withEntry(lacked, seq));
        if (head !== before) room.got.set(device, head);
        if (head !== before) timelines.refresh(id);
        // More than may be under way at once goes in parts.
        if (!post.awaits(device)) void core.lane.run(() => give(room, device));
      });
    },
  };
  return catchUp;
}

interface Met {
  readonly peer: Peer;
  readonly era: number;
  readonly had: number;
}

const mostSaid = 2 ** 40;
