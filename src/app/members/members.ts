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
import { emptyKeyring } from '../../protocol/rooms/keyring.ts';
import { decodeKeyring, encodeKeyring } from '../../protocol/rooms/keyring-state.ts';
import { act, emptyRoom, sendingEpoch } from '../../protocol/rooms/room.ts';
import type { Change, Room as SealedRoom } from '../../protocol/rooms/room.ts';
import type { Summary } from '../../protocol/content.ts';
import { byteLength, fitName, roomNameBytes, textBytes } from '../fit.ts';
import type { Desk } from '../delivery/desk.ts';
import { createDirect } from '../direct/direct.ts';
import { createDirectory } from '../direct/directory.ts';
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
import { createMembersReceive, loadSeen } from './receive.ts';
import { createSaidIn } from './said.ts';
import type { Turn, Vault } from './vault.ts';
import { createUnread } from './unread.ts';
import { createVoice } from './voice.ts';

export interface Members {
  start(name: string): Promise<RoomId | null>;
  /** A link was opened: the room is there at once, and waits for somebody to let us in. */
  knock(invite: MemberInvite): Promise<RoomId | null>;
  send(room: Room, text: string): Promise<boolean>;
  invite(room: RoomId): Promise<string | null>;
  withdrawInvites(room: RoomId): Promise<boolean>;
  removePerson(room: RoomId, person: PersonId): Promise<boolean>;
  makeAdmin(room: RoomId, person: PersonId): Promise<boolean>;
  /** Tells the room, before its records go. */
  leave(room: RoomId): Promise<void>;
  safetyOf(person: PersonId): SafetyView;
  setVerified(person: PersonId, isVerified: boolean): Promise<boolean>;
  startDirect(person: PersonId): Promise<RoomId | null>;
  hop(bytes: Uint8Array, peer: Peer): void;
  /** It is known now who is at the end of this path. */
  sees(peer: Peer): void;
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
  const onBound = (peer: Peer): void => {
    unread.bound(peer);
    direct.sees(peer);
  };
  const post = createPost(core, vault, peers, {
    onArrived: (turn, device, { room, seq }) => direct.onArrived(turn, device, room, seq),
    onBound,
  });
  const members = createMembersDesk(core, vault, post, peers, desk);
  const me = { person: vault.keys.person.id, device: vault.keys.us.device.id };
  const verified = new Set((await core.storage.range(under('verified'))).map(({ key }) => key.split('/')[1] as PersonId));

  /** How a room stood when it was last shown. */
  const seenAs = new WeakMap<Room, string>();

  /** After its operations or keys changed: what is shown, who we are in it, and whether it needs new keys. */
  const changed = (id: RoomId): void => {
    const room = core.rooms.get(id);
    const sealed = vault.room(id);
    if (room?.kind === 'direct') {
      direct.refresh(room);
      return core.showRooms();
    }
    if (room === undefined || sealed === null || room.kind !== 'members') return;
    // The operations are on their way.
    if (sealed.graph.count === 0) return;
    const name = room.name;
    const isIn = refreshRoom(room, sealed, me, verified);
    // Over, taken back by somebody else, or ended by a removal.
    if (room.invite !== null && invites.standing(id).length === 0) room.invite = null;
    const stage = isIn && sendingEpoch(sealed) !== null ? 'in' : room.stage === 'in' && !isIn ? 'out' : room.stage;
    if (stage !== room.stage || name !== room.name) void core.lane.run(() => moveTo(room, stage));
    else if (stage === 'in') newKeys.watch(room);
    const looks = `${sealed.graph.count}/${servedCasts(sealed).length}/${verified.size}`;
    if (seenAs.get(room) === looks) return;
    // What others are told again is what is new: a word alone is nothing.
    seenAs.set(room, looks);
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

  const newKeys = createNewKeys(core, vault, {
    rekey: (room) => doIn(room, (turn, before) => carryOut(turn, room, before, rekey(before, vault.hands()))),
    ask: hands.onCameIn,
  });
  const invites = createInvites(members);
  const knocking = createKnocking(members);
  const admission = createAdmission(members, invites, {
    onAdmitted: (room) => changed(room.id),
    rekey: (turn, room) => {
      const before = turn.room(room.id)!;
      return carryOut(turn, room, before, rekey(before, vault.hands()));
    },
  });
  await Promise.all([invites.load(), knocking.load()]);
  const direct = createDirect(core, vault, post, desk, {
    ...createDirectory(core, vault),
    isVerified: (person) => verified.has(person),
  });
  const said = createSaidIn(core, members, {
    onDirect: direct.onEntry,
    onSummary: hands.onSummary,
    onReceipt: (room, device, messages) => receipts.gotMessages(room, device, messages),
    onClock: (room, device, upTo) => receipts.gotUpTo(room, device, upTo),
    onInvite: invites.learn,
  });
  const unread = createUnread(members);
  const receive = createMembersReceive(members, keeper, await loadSeen(core), {
    onSaid: said.inRoom,
    onTold: said.toMe,
    mayBegin: (device) => [...core.rooms.values()].some((room) => room.members.has(device)) || direct.knows(device),
    pskOf: knocking.pskOf,
    onKnock: admission.onKnock,
    onUnread: unread.heard,
    onBound,
    onChanged: (rooms) => rooms.forEach(changed),
  });
  await post.load();
  core.setPerson(me.person);
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
        // Put out, and asked in again.
        const isAgain = known?.stage === 'out';
        if (known !== undefined && !isAgain) return known.id;
        const name = fitName(invite.name, roomNameBytes);
        const room = known ?? (await prepareRoom(core, { by: invite.room, name, kind: 'members', stage: 'knocking' }));
        if (room === null) return null;
        const spent = await core.storage.get(keyOf.spent(room.id));
        const keyring = spent && decodeKeyring(spent.value);
        const isKept = await vault.turn((turn) => {
          turn.write(writeRoom({ ...room, stage: 'knocking' }, room.unread));
          if (keyring !== null && !isRefusal(keyring)) turn.setRoom({ ...emptyRoom(room.id), keyring });
          knocking.wait(turn, invite);
          turn.after(() => {
            room.stage = 'knocking';
            core.rooms.set(room.id, room);
          });
        });
        if (!isKept) return null;
        core.showRooms();
        hands.onTopics();
        return room.id;
      }),
    send: async (room, wanted) => {
      const text = wanted.trim();
      if (room.kind === 'direct') return direct.send(room, text);
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
      const isDone = room !== null && (await invites.withdraw(room));
      changed(id);
      return isDone;
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
      await core.lane.run(async () => {
        // K10: what was said under these keys stays said. Should we come back, they are not begun again.
        const keyring = vault.room(id)?.keyring;
        if (keyring !== undefined) {
          const erased = [...new Set([...keyring.erased, ...keyring.epochs.map((epoch) => epoch.id)])].slice(-mostErased);
          const value = encodeKeyring({ ...emptyKeyring, erased });
          await core.commit([{ op: 'put', key: keyOf.spent(id), value }], 'strict');
        }
        invites.forget(id);
        knocking.forget(id);
        vault.forget(id);
      });
    },
    safetyOf: (person) => {
      const { words, digits } = safetyNumber(vault.suite, me.person, person);
      return { words, digits };
    },
    setVerified: (person, isVerified) =>
      core.lane.run(async () => {
        const key = keyOf.verified(person);
        const write = isVerified ? ({ op: 'put', key, value: Uint8Array.of(1) } as const) : ({ op: 'delete', key } as const);
        if (!(await core.commit([write], 'strict'))) return false;
        if (isVerified) verified.add(person);
        else verified.delete(person);
        for (const [id, room] of core.rooms) {
          seenAs.delete(room);
          changed(id);
        }
        return true;
      }),
    startDirect: direct.start,
    hop: receive.hop,
    sees: direct.sees,
    greet: (peer, room) => {
      post.flush(peer);
      if (room.kind === 'direct') return direct.greet(peer, room);
      if (room.stage !== 'knocking') return room.stage === 'out';
      knocking.knockAt(peer, room);
      return true;
    },
    topicsOf: (room, day) => {
      if (room.kind === 'direct') return direct.topicsOf(room, day);
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
      unread.close();
    },
  };
}

const plain = (change: Change | Refusal): Done | Refusal =>
  isRefusal(change) ? change : { ...change, rows: [], heads: [], headEntries: [] };

/** Earlier messages are closed to whoever comes; admins remove. */
const firstPolicy = { mayRemove: 'admins', historyDays: 0, disappearSeconds: 0 } as const;
const mostCasts = 2;
const mostErased = 1_000;
