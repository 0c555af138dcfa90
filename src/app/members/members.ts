/** Rooms of members: founded, joined through somebody who lets us in, spoken in, left; and people put out of them. */
import type { Core } from '../core.ts';
import { castTopic } from '../../protocol/contact/address.ts';
import { inviteKeys } from '../../protocol/contact/invite-link.ts';
import type { MemberInvite } from '../../protocol/contact/invite-link.ts';
import type { PersonId, RoomId, Topic } from '../../protocol/ids.ts';
import { safetyNumber } from '../../protocol/people/fingerprint.ts';
import { sendableEpochs } from '../../protocol/rooms/epochs.ts';
import { servedCasts } from '../../protocol/rooms/room-acts.ts';
import { sendingEpoch } from '../../protocol/rooms/room.ts';
import type { Summary } from '../../protocol/content.ts';
import type { Desk } from '../delivery/desk.ts';
import { createDirect } from '../direct/direct.ts';
import { createDirectory } from '../direct/directory.ts';
import type { Keeper } from '../delivery/keeper.ts';
import type { Peer, Peers } from '../mesh/peers.ts';
import { keyOf, under } from '../records.ts';
import { writeRoom } from '../rooms/room.ts';
import type { Room } from '../rooms/room.ts';
import type { SafetyView } from '../view.ts';
import { createActs } from './acts.ts';
import { createAdmission } from './admission.ts';
import { createComing } from './coming.ts';
import { createMembersDesk } from './desk.ts';
import { createInvites } from './invites.ts';
import { createKnocking } from './knocking.ts';
import { refreshRoom } from './members-view.ts';
import { createNewKeys } from './new-keys.ts';
import { createPost } from './post.ts';
import { createMembersReceive, loadSeen } from './receive.ts';
import { createSaidIn } from './said.ts';
import { createDrafts } from './drafts.ts';
import type { Draft } from './drafts.ts';
import type { Turn, Vault } from './vault.ts';
import { createReach } from './reach.ts';
import { createTending } from './tending.ts';
import { createUnread } from './unread.ts';
import { createVoice } from './voice.ts';

export interface Members {
  start(name: string): Promise<RoomId | null>;
  /** A link was opened: the room is there at once, and waits for somebody to let us in. */
  knock(invite: MemberInvite): Promise<RoomId | null>;
  send(room: Room, draft: Draft): Promise<boolean>;
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

  const acts = createActs(members, changed);
  const newKeys = createNewKeys(core, vault, {
    rekey: acts.rekey,
    ask: hands.onCameIn,
  });
  const invites = createInvites(members);
  const knocking = createKnocking(members);
  const coming = createComing(members, knocking, (room) => {
    changed(room.id);
    core.showRooms();
    hands.onTopics();
  });
  const admission = createAdmission(members, invites, {
    onAdmitted: (room) => changed(room.id),
    rekey: acts.rekeyIn,
  });
  await Promise.all([invites.load(), knocking.load()]);
  const drafts = createDrafts(core, vault);
  await drafts.load();
  const direct = createDirect(core, vault, post, drafts, desk, {
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
  const reach = createReach(members);
  const tending = createTending(members, (id) => changed(id));
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
  await tending.now();
  core.setPerson(me.person);
  core.setVoice(createVoice(core, members));
  for (const id of core.rooms.keys()) changed(id);

  const roomWith = (id: RoomId): Room | null => {
    const room = core.rooms.get(id);
    return room?.kind === 'members' ? room : null;
  };

  const say = async (turn: Turn, room: Room, text: string): Promise<boolean> => {
    // Left meanwhile, or left and joined anew.
    if (core.rooms.get(room.id) !== room) return false;
    turn.after(() => changed(room.id));
    const isSaid = (): boolean => members.keepEntry(turn, room, { kind: 'text', text }) !== null;
    if (isSaid()) return true;
    // Somebody has gone and nobody made new keys yet: whoever has something to say does (K4).
    const graph = turn.room(room.id)?.graph;
    if (graph === undefined || sendableEpochs(graph).length > 0) return false;
    return (await acts.rekeyIn(turn, room)) && isSaid();
  };

  return {
    start: coming.start,
    knock: coming.knock,
    send: async (room, { text, ...draft }) => {
      const trimmed = { ...draft, text: text.trim() };
      if (room.kind === 'direct') return direct.send(room, trimmed);
      return room.stage === 'in' && drafts.once(trimmed, (turn) => say(turn, room, trimmed.text));
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
      return room !== null && acts.removePerson(room, person);
    },
    makeAdmin: async (id, person) => {
      const room = roomWith(id);
      return room !== null && acts.makeAdmin(room, person);
    },
    leave: async (id) => {
      const room = roomWith(id);
      if (room?.stage === 'in') await acts.leave(room);
      await coming.left(id);
      invites.forget(id);
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
      const met = reach.secretsIn(room);
      if (room.stage === 'knocking') return knocking.topicsOf(room, day);
      const doors = invites.standing(room.id).map(([, secret]) => inviteKeys(vault.suite, { room: room.id, secret }).castSecret);
      return [...casts, ...doors, ...met].map((secret) => castTopic(vault.suite, secret, day));
    },
    close: () => {
      receive.close();
      post.close();
      knocking.close();
      newKeys.close();
      unread.close();
      tending.close();
    },
  };
}

const mostCasts = 2;
