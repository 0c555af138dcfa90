/** What a member does in a room: one act, one turn, and what others are to be told of it. */
import { encodeBetween } from '../../protocol/entries/between.ts';
import type { DeviceId, PersonId, RoomId } from '../../protocol/ids.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import type { Refusal } from '../../protocol/refusal.ts';
import { sendableEpochs } from '../../protocol/rooms/epochs.ts';
import { rekey, remove } from '../../protocol/rooms/room-acts.ts';
import type { Done } from '../../protocol/rooms/room-acts.ts';
import { act, sendingEpoch } from '../../protocol/rooms/room.ts';
import type { Change, Room as SealedRoom } from '../../protocol/rooms/room.ts';
import { summaryOf } from '../../protocol/rooms/summary.ts';
import { lastSaid } from '../rooms/room.ts';
import type { Room } from '../rooms/room.ts';
import type { MembersDesk } from './desk.ts';
import type { Turn } from './vault.ts';

export interface Acts {
  /** In the lane: one act in a room, as one turn. Answers whether it was done. */
  doIn(room: Room, run: (turn: Turn, before: SealedRoom) => boolean | Promise<boolean>): Promise<boolean>;
  /** In the lane. */
  rekey(room: Room): Promise<boolean>;
  /** In a turn. */
  rekeyIn(turn: Turn, room: Room): Promise<boolean>;
  /** In a turn: an entry of mine. False: it cannot be said. */
  say(turn: Turn, room: Room, text: string): Promise<boolean>;
  removePerson(room: Room, person: PersonId): Promise<boolean>;
  makeAdmin(room: Room, person: PersonId): Promise<boolean>;
  /** By the name I have now; false: I am called so there, or may not. */
  callMe(room: Room): Promise<boolean>;
  /** Tells the room. */
  leave(room: Room): Promise<boolean>;
}

export function createActs(desk: MembersDesk, changed: (room: RoomId) => void): Acts {
  const { core, vault, post } = desk;

  const doIn: Acts['doIn'] = async (room, run) => {
    let isDone = false;
    const isKept = await vault.turn(async (turn) => {
      const before = turn.room(room.id);
      if (before === null || room.stage === 'out' || vault.lackedIn(room.id).length > 0) return;
      isDone = await run(turn, before);
      turn.after(() => changed(room.id));
    });
    return isKept && isDone;
  };

  /** Stores and says what an act came to: to the room under the keys of before, the new keys to each device alone. */
  const carryOut = async (turn: Turn, room: Room, before: SealedRoom, done: Done | Refusal): Promise<boolean> => {
    if (isRefusal(done)) {
      core.log('not-done', { why: done.refused, room: room.id });
      return false;
    }
    const old = sendingEpoch(before);
    turn.setRoom(done.room);
    for (const { devices, body } of done.rows) {
      for (const device of devices) await post.send(turn, device, encodeBetween({ kind: 'seed-row', body }));
    }
    // Nobody could read it under none.
    if (old !== null) desk.castOperations(turn, room, done.operations, old);
    for (const body of done.headEntries) desk.keepEntry(turn, room, { kind: 'head', bytes: body });
    return true;
  };

  /** At its turn in the lane. */
  const carryOutIn = (room: Room, what: (before: SealedRoom) => Done | Refusal): Promise<boolean> =>
    core.lane.run(() => doIn(room, (turn, before) => carryOut(turn, room, before, what(before))));

  const acts: Acts = {
    doIn,
    rekey: (room) => doIn(room, (turn, before) => carryOut(turn, room, before, rekey(before, vault.hands()))),
    rekeyIn: async (turn, room) => {
      const before = turn.room(room.id)!;
      if (vault.lackedIn(room.id).length > 0) return false;
      return carryOut(turn, room, before, rekey(before, vault.hands()));
    },
    say: async (turn, room, text) => {
      // Left meanwhile, or left and joined anew.
      if (core.rooms.get(room.id) !== room) return false;
      turn.after(() => changed(room.id));
      const isSaid = (): boolean => desk.keepEntry(turn, room, { kind: 'text', text }) !== null;
      if (isSaid()) return true;
      // Somebody has gone and nobody made new keys yet: whoever has something to say does (K4).
      const graph = turn.room(room.id)?.graph;
      if (graph === undefined || sendableEpochs(graph).length > 0) return false;
      return (await acts.rekeyIn(turn, room)) && isSaid();
    },
    removePerson: (room, person) =>
      carryOutIn(room, (before) => {
        const devices = [...room.members].filter(([, member]) => member.person === person).map(([device]) => device);
        const lasts = devices.map((device: DeviceId) => ({ device, seq: lastSaid(room, device) }));
        return remove(before, vault.hands(), person, lasts);
      }),
    makeAdmin: (room, person) =>
      carryOutIn(room, (before) => plain(act(before, vault.hands(), { kind: 'role', person, role: 'admin' }))),
    callMe: (room) =>
      core.lane.run(() =>
        doIn(room, (turn, before) => {
          const name = core.me()?.name ?? '';
          const mine = summaryOf(before.graph).members.find(({ person }) => person === vault.keys.person.id);
          if (mine === undefined || mine.called === name) return false;
          return carryOut(turn, room, before, plain(act(before, vault.hands(), { kind: 'call-me', called: name })));
        }),
      ),
    leave: (room) => carryOutIn(room, (before) => plain(act(before, vault.hands(), { kind: 'leave' }))),
  };
  return acts;
}

/** No keys go with it. */
const plain = (change: Change | Refusal): Done | Refusal =>
  isRefusal(change) ? change : { ...change, rows: [], heads: [], headEntries: [] };
