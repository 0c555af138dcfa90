/** Rooms of members: founded, joined through somebody who lets us in, spoken in, left; and people put out of them. */
import type { Core } from '../core.ts';
import { castTopic } from '../../protocol/contact/address.ts';
import type { MemberInvite } from '../../protocol/contact/invite-link.ts';
import type { MessageId, PersonId, RoomId, Topic } from '../../protocol/ids.ts';
import { safetyNumber } from '../../protocol/people/fingerprint.ts';
import { servedCasts } from '../../protocol/rooms/room-acts.ts';
import { sendingEpoch } from '../../protocol/rooms/room.ts';
import { createDirect } from '../direct/direct.ts';
import { createDirectory } from '../direct/directory.ts';
import type { Peer } from '../mesh/peers.ts';
import { showAs } from '../identity.ts';
import { createNewest } from '../rooms/newest.ts';
import type { Room } from '../rooms/room.ts';
import type { SafetyView } from '../view.ts';
import { createAccess } from './access.ts';
import type { Access } from './access.ts';
import { createActs } from './acts.ts';
import { createAdmission } from './admission.ts';
import { createComing } from './coming.ts';
import { createMembersDesk } from './desk.ts';
import type { MembersDeskInit, MembersHands } from './hands.ts';
import { createInvites } from './invites.ts';
import { createJudging } from './judging.ts';
import { createKnocking } from './knocking.ts';
import { refreshRoom } from './members-view.ts';
import { createMoving } from './moving.ts';
import { createMyName } from './my-name.ts';
import { createMending } from './mending.ts';
import { createNewKeys } from './new-keys.ts';
import { createPost } from './post.ts';
import { createMembersReceive } from './receive.ts';
import { createSaidIn } from './said.ts';
import { createSayAgain } from './say-again.ts';
import { createDrafts } from './drafts.ts';
import type { Draft } from './drafts.ts';
import type { Vault } from './vault.ts';
import { createReach } from './reach.ts';
import { loadSeen } from './seen.ts';
import { createTending } from './tending.ts';
import { createUnread } from './unread.ts';
import { loadVerified } from './verified.ts';
import { createVoice } from './voice.ts';
import { createWhereabouts } from './whereabouts.ts';
import type { Whereabouts } from './whereabouts.ts';

export interface Members {
  /** The same wish asked again is the same room. */
  start(asked: MessageId, name: string): Promise<RoomId | null>;
  /** A link was opened: the room is there at once, and waits for somebody to let us in. */
  knock(invite: MemberInvite): Promise<RoomId | null>;
  send(room: Room, draft: Draft): Promise<boolean>;
  invite(room: RoomId): Promise<string | null>;
  withdrawInvites(room: RoomId): Promise<boolean>;
  removePerson(room: RoomId, person: PersonId): Promise<boolean>;
  makeAdmin(room: RoomId, person: PersonId): Promise<boolean>;
  /** Behind a link into a room that we were in before; what we had of it stays. */
  stopWaiting(room: RoomId): Promise<void>;
  /** Tells the room, before its records go. */
  leave(room: RoomId): Promise<void>;
  safetyOf(person: PersonId): SafetyView;
  setVerified(person: PersonId, isVerified: boolean): Promise<boolean>;
  startDirect(person: PersonId): Promise<RoomId | null>;
  /** I am called otherwise now: every room and conversation is told. */
  renamed(): void;
  hop(bytes: Uint8Array, peer: Peer): void;
  /** It is known now who is at the end of this path. */
  sees(peer: Peer): void;
  /** A path to somebody of the room stands. False: greet them as in any room. */
  greet(peer: Peer, room: Room): boolean;
  topicsOf(room: Room, day: number): readonly Topic[];
  /** Relays for members. */
  readonly access: Pick<Access, 'enter' | 'owns'>;
  /** The directory that relays lead to. */
  readonly whereabouts: Pick<Whereabouts, 'heard'>;
  close(): void;
}

export async function createMembers(core: Core, vault: Vault, desk: MembersDeskInit, hands: MembersHands): Promise<Members> {
  const { peers, keeper, receipts } = desk;
  const sees = (peer: Peer): void => {
    mending.met(peer);
    direct.sees(peer);
  };
  const onBound = (peer: Peer): void => {
    unread.bound(peer);
    sees(peer);
  };
  const post = createPost(core, vault, peers, {
    onArrived: (turn, device, { room, seq }) => direct.onArrived(turn, device, room, seq),
    onBound,
    onStuck: (device) => mending.beginAnew(device),
    onSilenced: async (turn, device) => {
      await unread.again(turn, device);
      await direct.again(turn, device);
    },
  });
  const mending = createMending(core, vault, post);
  const newest = createNewest(core, vault.keys.us.device.id);
  const members = createMembersDesk(core, vault, post, peers, newest, desk);
  const me = { person: vault.keys.person.id, device: vault.keys.us.device.id };
  const verified = await loadVerified(core, () => {
    for (const [id, room] of core.rooms) {
      seenAs.delete(room);
      changed(id);
    }
  });
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
    // The operations are on their way, or lost to the disk: what others know of us is not said yet.
    if (sealed.graph.count === 0 || vault.lackedIn(id).length > 0) return;
    const name = room.name;
    const isIn = refreshRoom(room, sealed, me, verified.all);
    // Over, taken back by somebody else, or ended by a removal.
    if (room.invite !== null && invites.standing(id).length === 0) room.invite = null;
    const stage = isIn && sendingEpoch(sealed) !== null ? 'in' : room.stage === 'in' && !isIn ? 'out' : room.stage;
    if (stage !== room.stage || name !== room.name) moving.to(room, stage);
    else if (stage === 'in') newKeys.watch(room);
    const looks = `${sealed.graph.count}/${servedCasts(sealed).length}/${verified.all.size}`;
    if (seenAs.get(room) === looks) return;
    // What others are told again is what is new: a word alone is nothing.
    seenAs.set(room, looks);
    post.disown();
    room.changes += 1;
    desk.timelines.refresh(id);
    // What they are called here, they are called in the conversations with them.
    for (const each of core.rooms.values()) direct.refresh(each);
    core.showRooms();
    onTopics();
    myName.watch(room);
    judging.watch(room);
  };

  const onTopics = (): void => {
    hands.onTopics();
    access.changed();
  };
  const acts = createActs(members, changed);
  const judging = createJudging(members, desk.timelines);
  const newKeys = createNewKeys(core, vault, {
    rekey: acts.rekey,
    ask: hands.onCameIn,
  });
  const invites = createInvites(members);
  const knocking = createKnocking(members, invites);
  const access = createAccess(members, knocking);
  const moving = createMoving(members, knocking, {
    onMoved: () => {
      core.showRooms();
      onTopics();
    },
    onCameIn: (room) => {
      hands.onCameIn(room);
      newKeys.watch(room);
      myName.watch(room);
    },
    again: (id) => changed(id),
  });
  const coming = createComing(members, knocking, {
    onCame: (room) => {
      changed(room.id);
      core.showRooms();
      onTopics();
    },
    hasEnded: (invite) => invites.hasEnded(invite.room, invite.operation),
  });
  const admission = createAdmission(members, invites, {
    onAdmitted: (room) => changed(room.id),
    rekey: acts.rekeyIn,
  });
  await Promise.all([invites.load(), knocking.load()]);
  const drafts = createDrafts(core, vault);
  await drafts.load();
  const direct = createDirect(core, vault, post, drafts, newest, desk, {
    ...createDirectory(core, vault),
    isVerified: (person) => verified.all.has(person),
  });
  const myName = createMyName(members, { callMe: acts.callMe, tellName: direct.tellName });
  const said = createSaidIn(core, members, {
    onDirect: direct.onEntry,
    onSummary: hands.onSummary,
    onReceipt: (room, device, messages) => receipts.gotMessages(room, device, messages),
    onClock: (room, device, upTo) => receipts.gotUpTo(room, device, upTo),
    onInvite: invites.learn,
    onMine: createSayAgain(members, desk.outbox).came,
    onDirectClocks: direct.onClocks,
    onBundle: mending.takeBundle,
    onLost: admission.onLost,
    behind: knocking.behind,
  });
  const unread = createUnread(members);
  const reach = createReach(members, invites);
  const whereabouts = createWhereabouts(members, hands);
  const tending = createTending(members, (id) => changed(id));
  const receive = createMembersReceive(members, keeper, await loadSeen(core), {
    onSaid: said.inRoom,
    onTold: said.toMe,
    roomsOf: ({ deviceId, personId }) =>
      [...core.rooms.values()].flatMap((room) =>
        room.members.has(deviceId) && room.persons.get(deviceId) === personId ? room.id : [],
      ),
    onRefused: mending.refused,
    onHeard: mending.heard,
    pskOf: knocking.pskOf,
    onKnock: (envelope, peer) => admission.onKnock(envelope, peer) || knocking.onKnock(envelope, peer),
    onEnded: knocking.onEnded,
    onUnread: unread.heard,
    onBound,
    onChanged: (rooms) => rooms.forEach(changed),
  });
  await post.load();
  await newest.load(core.rooms.values());
  await tending.now();
  await showAs(core, me.person);
  core.setVoice(createVoice(core, members));
  for (const id of core.rooms.keys()) changed(id);
  myName.everywhere();

  const roomWith = (id: RoomId): Room | null => {
    const room = core.rooms.get(id);
    return room?.kind === 'members' ? room : null;
  };

  const isDoneIn = async (id: RoomId, run: (room: Room) => Promise<boolean>): Promise<boolean> => {
    const room = roomWith(id);
    return room !== null && run(room);
  };

  return {
    start: coming.start,
    knock: coming.knock,
    send: async (room, { text, ...draft }) => {
      const trimmed = { ...draft, text: text.trim() };
      if (room.kind === 'direct') return direct.send(room, trimmed);
      return room.stage === 'in' && drafts.once(trimmed, (turn) => acts.say(turn, room, trimmed.text));
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
    removePerson: async (id, person) => isDoneIn(id, (room) => acts.removePerson(room, person)),
    makeAdmin: async (id, person) => isDoneIn(id, (room) => acts.makeAdmin(room, person)),
    stopWaiting: coming.stopWaiting,
    leave: async (id) => {
      const room = roomWith(id);
      if (room?.stage === 'in') await acts.leave(room);
      await coming.left(id);
      invites.forget(id);
      access.changed();
    },
    safetyOf: (person) => {
      const { words, digits } = safetyNumber(vault.suite, me.person, person);
      return { words, digits };
    },
    setVerified: verified.set,
    startDirect: direct.start,
    renamed: myName.everywhere,
    hop: receive.hop,
    sees,
    greet: (peer, room) => {
      post.flush(peer);
      if (room.kind === 'direct') return direct.greet(peer, room);
      if (room.wait === null) return room.stage !== 'in';
      knocking.knockAt(peer, room);
      return true;
    },
    topicsOf: (room, day) => {
      if (room.kind === 'direct') return direct.topicsOf(room, day);
      if (room.wait !== null) return knocking.topicsOf(room, day);
      return reach.secretsIn(room).map((secret) => castTopic(vault.suite, secret, day));
    },
    access,
    whereabouts,
    close: () => {
      const parts = [whereabouts, access, receive, post, knocking, newKeys, moving, unread, tending];
      for (const part of parts) part.close();
    },
  };
}
