/** Rooms of members: founded, joined through somebody who lets us in, spoken in, left; and people put out of them. */
import type { Core } from '../core.ts';
import { castTopic } from '../../protocol/contact/address.ts';
import { inviteKeys } from '../../protocol/contact/invite-link.ts';
import type { MemberInvite } from '../../protocol/contact/invite-link.ts';
import { encodeBetween } from '../../protocol/entries/between.ts';
import type { DeviceId, PersonId, RoomId, Topic } from '../../protocol/ids.ts';
import { safetyNumber } from '../../protocol/people/fingerprint.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import type { Refusal } from '../../protocol/refusal.ts';
import type { Done } from '../../protocol/rooms/room-acts.ts';
import { found, rekey, remove, servedCasts } from '../../protocol/rooms/room-acts.ts';
import { act, sendingEpoch } from '../../protocol/rooms/room.ts';
import type { Change, Room as SealedRoom } from '../../protocol/rooms/room.ts';
import type { Summary } from '../../protocol/content.ts';
import { byteLength, fitName, roomNameBytes, textBytes } from '../fit.ts';
import type { Desk } from '../delivery/desk.ts';
import type { Keeper } from '../delivery/keeper.ts';
import type { Peer, Peers } from '../mesh/peers.ts';
import { keyOf, under } from '../records.ts';
import { prepareRoom } from '../rooms/keep-room.ts';
import { lastSaid, writeRoom } from '../rooms/room.ts';
import type { Room } from '../rooms/room.ts';
import type { SafetyView } from '../view.ts';
import { createAdmission } from './admission.ts';
import { createMembersDesk } from './desk.ts';
import { createInvites } from './invites.ts';
import { createKnocking } from './knocking.ts';
import { refreshRoom } from './members-view.ts';
import { createNewKeys } from './new-keys.ts';
import { createPost } from './post.ts';
import { createMembersReceive, isSeenOver } from './receive.ts';
import { createSaidIn } from './said.ts';
import type { Turn, Vault } from './vault.ts';
import { createVoice } from './voice.ts';

export interface Members {
  start(name: string): Promise<RoomId | null>;
  /** A link was opened: the room is there at once, and waits for somebody to let us in. */
  knock(invite: MemberInvite): Promise<RoomId | null>;
  send(room: Room, text: string): Promise<boolean>;
  invite(room: RoomId): Promise<string | null>;
  withdrawInvites(room: RoomId): Promise<void>;
  removePerson(room: RoomId, person: PersonId): Promise<boolean>;
  makeAdmin(room: RoomId, person: PersonId): Promise<boolean>;
  /** Tells the room, before its records go. */
  leave(room: RoomId): Promise<void>;
  safetyOf(person: PersonId): SafetyView;
  setVerified(person: PersonId, isVerified: boolean): Promise<void>;
  hop(bytes: Uint8Array, peer: Peer): void;
  /** A path to somebody of the room stands. False: greet them as in any room. */
  greet(peer: Peer, room: Room): boolean;
  topicsOf(room: Room, day: number): readonly Topic[];
  close(): void;
}

export interface MembersDeskInit extends Desk {
  readonly peers: Peers;
  readonly keeper: Keeper;
}

export interface MembersHands {
  onSummary(peer: Peer, room: Room, summary: Summary): void;
  /** Everybody here shall say how far they have everything. */
  onCameIn(room: Room): void;
  /** Whom we meet by changed. */
  onTopics(): void;
}

export async function createMembers(core: Core, vault: Vault, desk: MembersDeskInit, hands: MembersHands): Promise<Members> {
  const { peers, keeper, receipts } = desk;
  const post = createPost(core, vault, peers);
  const members = createMembersDesk(core, vault, post, peers, desk);
  const me = { person: vault.keys.person.id, device: vault.keys.us.device.id };
  const verified = new Set((await core.storage.range(under('verified'))).map(({ key }) => key.split('/')[1] as PersonId));

  /** After its operations or keys changed: what is shown, who we are in it, and whether it needs new keys. */
  const changed = (id: RoomId): void => {
    const room = core.rooms.get(id);
    const sealed = vault.room(id);
    if (room === undefined || sealed === null || room.kind !== 'members') return;
    const name = room.name;
    const isIn = refreshRoom(room, sealed, me, verified);
    const stage = isIn && sendingEpoch(sealed) !== null ? 'in' : room.stage === 'in' && !isIn ? 'out' : room.stage;
    if (stage !== room.stage || name !== room.name) void core.lane.run(() => moveTo(room, stage));
    else if (stage === 'in') newKeys.watch(room);
    room.changes += 1;
    core.showRooms();
    hands.onTopics();
  };

  const moveTo = async (room: Room, stage: Room['stage']): Promise<void> => {
    const cameIn = room.stage === 'knocking' && stage === 'in';
    const isKept = await vault.turn((turn) => {
      turn.write(writeRoom({ ...room, stage }, room.unread));
      if (cameIn) knocking.came(turn, room);
    });
    if (!isKept) return;
    room.stage = stage;
    core.showRooms();
    hands.onTopics();
    if (!cameIn) return;
    hands.onCameIn(room);
    newKeys.watch(room);
  };

  /** In the lane: one act in a room, as one turn. Answers whether it was done. */
  const doIn = async (room: Room, run: (turn: Turn, before: SealedRoom) => boolean | Promise<boolean>): Promise<boolean> => {
    let isDone = false;
    const isKept = await vault.turn(async (turn) => {
      const before = turn.room(room.id);
      if (before === null || room.stage === 'out') return;
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
    if (old !== null) members.castOperations(turn, room, done.operations, old);
    for (const body of done.headEntries) members.keepEntry(turn, room, { kind: 'head', bytes: body });
    return true;
  };

  const newKeys = createNewKeys(core, vault, (room) =>
    doIn(room, (turn, before) => carryOut(turn, room, before, rekey(before, vault.hands()))),
  );
  const invites = createInvites(members);
  const knocking = createKnocking(members);
  const admission = createAdmission(members, invites, (room) => changed(room.id));
  await Promise.all([invites.load(), knocking.load()]);
  const said = createSaidIn(core, members, {
    onSummary: hands.onSummary,
    onReceipt: (room, device, messages) => receipts.gotMessages(room, device, messages),
    onInvite: invites.learn,
  });
  const receive = createMembersReceive(members, keeper, {
    onSaid: said.inRoom,
    onTold: said.toMe,
    mayBegin: (device) => [...core.rooms.values()].some((room) => room.members.has(device)),
    pskOf: knocking.pskOf,
    onKnock: admission.onKnock,
    onChanged: (rooms) => rooms.forEach(changed),
  });
  await post.load();
  const over = (await core.storage.range(under('seen'))).filter(({ value }) => isSeenOver(value, core.clock.nowMs()));
  if (over.length > 0)
    await core.commit(
      over.map(({ key }) => ({ op: 'delete', key })),
      'relaxed',
    );
  core.setVoice(createVoice(core, members));
  for (const id of core.rooms.keys()) changed(id);

  const roomWith = (id: RoomId): Room | null => {
    const room = core.rooms.get(id);
    return room?.kind === 'members' ? room : null;
  };

  return {
    start: async (wanted) => {
      const name = fitName(wanted, roomNameBytes);
      const self = core.me();
      if (name === '' || self === null) return null;
      return core.lane.run(async () => {
        const founding = { certificate: vault.keys.us.certificate, called: self.name, name, policy: firstPolicy };
        const done = found(vault.hands(), founding);
        const room = await prepareRoom(core, { by: done.room.id, name, kind: 'members', stage: 'in' });
        if (room === null) return null;
        const isKept = await vault.turn((turn) => {
          turn.setRoom(done.room);
          turn.write(writeRoom(room, 0));
          turn.after(() => void core.rooms.set(room.id, room));
        });
        if (!isKept) return null;
        changed(room.id);
        return room.id;
      });
    },
    knock: (invite) =>
      core.lane.run(async () => {
        const known = core.rooms.get(invite.room);
        if (known !== undefined) return known.id;
        const name = fitName(invite.name, roomNameBytes);
        const room = await prepareRoom(core, { by: invite.room, name, kind: 'members', stage: 'knocking' });
        if (room === null) return null;
        const isKept = await vault.turn((turn) => {
          turn.write(writeRoom(room, 0));
          knocking.wait(turn, invite);
          turn.after(() => void core.rooms.set(room.id, room));
        });
        if (!isKept) return null;
        core.showRooms();
        hands.onTopics();
        return room.id;
      }),
    send: async (room, wanted) => {
      const text = wanted.trim();
      if (text === '' || room.stage !== 'in') return false;
      if (byteLength(text) > textBytes) {
        core.trouble('message-too-long');
        return false;
      }
      return core.lane.run(() => doIn(room, (turn) => members.keepEntry(turn, room, { kind: 'text', text }) !== null));
    },
    invite: async (id) => {
      const room = roomWith(id);
      const link = room && (await invites.make(room));
      if (room !== null) changed(id);
      return link;
    },
    withdrawInvites: async (id) => {
      const room = roomWith(id);
      if (room === null) return;
      await invites.withdraw(room);
      changed(id);
    },
    removePerson: async (id, person) => {
      const room = roomWith(id);
      if (room === null) return false;
      return core.lane.run(() =>
        doIn(room, (turn, before) => {
          const devices = [...room.members].filter(([, member]) => member.person === person).map(([device]) => device);
          const lasts = devices.map((device: DeviceId) => ({ device, seq: lastSaid(room, device) }));
          return carryOut(turn, room, before, remove(before, vault.hands(), person, lasts));
        }),
      );
    },
    makeAdmin: async (id, person) => {
      const room = roomWith(id);
      if (room === null) return false;
      return core.lane.run(() =>
        doIn(room, (turn, before) =>
          carryOut(turn, room, before, plain(act(before, vault.hands(), { kind: 'role', person, role: 'admin' }))),
        ),
      );
    },
    leave: async (id) => {
      const room = roomWith(id);
      if (room?.stage === 'in') {
        await core.lane.run(() =>
          doIn(room, (turn, before) => carryOut(turn, room, before, plain(act(before, vault.hands(), { kind: 'leave' })))),
        );
      }
      invites.forget(id);
      knocking.forget(id);
      vault.forget(id);
    },
    safetyOf: (person) => {
      const { words, digits } = safetyNumber(vault.suite, me.person, person);
      return { words, digits };
    },
    setVerified: (person, isVerified) =>
      core.lane.run(async () => {
        const key = keyOf.verified(person);
        const write = isVerified ? ({ op: 'put', key, value: Uint8Array.of(1) } as const) : ({ op: 'delete', key } as const);
        if (!(await core.commit([write], 'strict'))) return;
        if (isVerified) verified.add(person);
        else verified.delete(person);
        for (const id of core.rooms.keys()) changed(id);
      }),
    hop: receive.hop,
    greet: (peer, room) => {
      post.flush(peer);
      if (room.stage !== 'knocking') return room.stage === 'out';
      knocking.knockAt(peer, room);
      return true;
    },
    topicsOf: (room, day) => {
      const sealed = vault.room(room.id);
      const casts = room.stage === 'in' && sealed !== null ? servedCasts(sealed).slice(0, mostCasts) : [];
      if (room.stage === 'knocking') return knocking.topicsOf(room, day);
      const doors = invites.standing(room.id).map(([, secret]) => inviteKeys(vault.suite, { room: room.id, secret }).castSecret);
      return [...casts, ...doors].map((secret) => castTopic(vault.suite, secret, day));
    },
    close: () => {
      post.close();
      knocking.close();
      newKeys.close();
    },
  };
}

const plain = (change: Change | Refusal): Done | Refusal =>
  isRefusal(change) ? change : { ...change, rows: [], heads: [], headEntries: [] };

/** Earlier messages are closed to whoever comes; admins remove. */
const firstPolicy = { mayRemove: 'admins', historyDays: 0, disappearSeconds: 0 } as const;
const mostCasts = 2;
