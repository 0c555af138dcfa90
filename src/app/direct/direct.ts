/** Conversations of two persons: each entry goes to the other's devices over their sessions, and is received when one says so. */
import type { Core } from '../core.ts';
import { castTopic, boxSecretsWith } from '../../protocol/contact/address.ts';
import { directRoomOf } from '../../protocol/entries/between.ts';
import { decodeEntry, encodeEntry, messageIdOf } from '../../protocol/entries/entry.ts';
import type { Body } from '../../protocol/entries/entry.ts';
import { outlineOf } from '../../protocol/entries/outline.ts';
import { nothingSaid } from '../../protocol/entries/passing.ts';
import type { Clock } from '../../protocol/entries/passing.ts';
import type { DeviceId, PersonId, RoomId, Topic } from '../../protocol/ids.ts';
import { limits } from '../../protocol/limits.ts';
import type { Certificate } from '../../protocol/people/certificate.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import type { RefusalReason } from '../../protocol/refusal.ts';
import type { Desk } from '../delivery/desk.ts';
import type { Arrived } from '../delivery/keeper.ts';
import type { Peer } from '../mesh/peers.ts';
import type { Draft, Drafts } from '../members/drafts.ts';
import type { Post } from '../members/post.ts';
import type { Turn, Vault } from '../members/vault.ts';
import { createCatchUp } from './catch-up.ts';
import { fitName } from '../fit-name.ts';
import { nameBytes } from '../fit.ts';
import { keepMessages } from '../rooms/keep-message.ts';
import { prepareRoom } from '../rooms/keep-room.ts';
import { messageOf, writeDirect } from '../rooms/kept.ts';
import type { Newest } from '../rooms/newest.ts';
import { lastSaid, writeRoom } from '../rooms/room.ts';
import type { OtherPerson, Room } from '../rooms/room.ts';

export interface Direct {
  /** What is shown of the other person, after the start and whenever it may have changed. */
  refresh(room: Room): void;
  /** The conversation with somebody known from a room; begun when it is not there. */
  start(person: PersonId): Promise<RoomId | null>;
  send(room: Room, draft: Draft): Promise<boolean>;
  /** Tells them what I am called, where they were told something else. */
  tellName(room: Room): void;
  /** An entry of the device's own, said over its session. `later`: it cannot be kept now, and shall come again; `never`: not at all. */
  onEntry(turn: Turn, device: DeviceId, content: Uint8Array): Promise<Arrived | 'later' | 'never'>;
  /** A letter with this entry of mine was taken in by that device: it is on its disk. */
  onArrived(turn: Turn, device: DeviceId, room: RoomId, seq: number): void;
  /** How far the device has what the two of us said. */
  onClocks(turn: Turn, device: DeviceId, clocks: readonly Clock[]): void;
  /** In a turn: what was under way to that device is lost. */
  again(turn: Turn, device: DeviceId): Promise<void>;
  /** A path to somebody of the conversation stands, whoever it is; answers true. */
  greet(peer: Peer, room: Room): true;
  /** Somebody is at the end of this path: they are here in our conversation, and get what they lack. */
  sees(peer: Peer): void;
  topicsOf(room: Room, day: number): readonly Topic[];
}

/** Whose device it is, as far as the rooms here know. */
export type CertificateOf = (device: DeviceId) => { readonly certificate: Certificate; readonly called: string } | null;
export type DevicesOf = (person: PersonId) => readonly { readonly certificate: Certificate; readonly called: string }[];

export function createDirect(
  core: Core,
  vault: Vault,
  post: Post,
  drafts: Drafts,
  newest: Newest,
  { timelines, receipts }: Pick<Desk, 'timelines' | 'receipts'>,
  known: { readonly certificateOf: CertificateOf; readonly devicesOf: DevicesOf; isVerified(person: PersonId): boolean },
): Direct {
  const { suite, keys } = vault;
  const me = keys.us.device.id;

  const roomOf = (person: PersonId): Room | undefined => core.rooms.get(directRoomOf(suite, keys.person.id, person));

  /** All devices known of the other person, by the newest word. */
  const devicesIn = (room: Room): readonly DeviceId[] => [
    ...new Set([
      ...(room.person === null ? [] : [room.person.deviceId]),
      ...(room.person === null ? [] : known.devicesOf(room.person.personId)).map((each) => each.certificate.deviceId),
    ]),
  ];

  const roomsWith = (device: DeviceId): readonly Room[] =>
    [...core.rooms.values()].filter((room) => room.kind === 'direct' && devicesIn(room).includes(device));

  const keep = ({ personId, personDhKey, deviceId }: Found, called: string, isAsked: boolean): Promise<Room | null> => {
    const by = directRoomOf(suite, keys.person.id, personId);
    // A room that we share says what I am called.
    const person = { personId, personDhKey, deviceId, told: core.me()?.name ?? '', namedBy: 0 };
    return prepareRoom(core, { by, name: called, kind: 'direct', stage: 'in', person }, isAsked);
  };

  /** Strangers of a shared room can write first, but not fill the list: those that I never answered are few. */
  const mayCome = (): boolean =>
    [...core.rooms.values()].filter((room) => room.kind === 'direct' && lastSaid(room, me) === 0).length < mostUnanswered;

  const catchUp = createCatchUp(core, vault, post, timelines);

  const say = async (turn: Turn, room: Room, body: Body): Promise<boolean> => {
    // Left meanwhile, or left and begun anew.
    if (core.rooms.get(room.id) !== room) return false;
    const seq = lastSaid(room, me) + 1;
    const written = { sentAtMs: core.clock.nowMs(), seq, parents: newest.parentsIn(room, []), body };
    const entry = encodeEntry(written);
    const id = messageIdOf(suite, room.id, me, entry);
    const message = messageOf({ device: me, entry }, id);
    if (message === null) throw new Error('an entry of our own is not one');
    const keeping = keepMessages(room, [{ message, bytes: writeDirect({ device: me, entry }) }], me);
    turn.write(...keeping.writes);
    for (const device of devicesIn(room)) await catchUp.post(turn, device, room, seq, entry);
    turn.after(() => {
      newest.saw(room, outlineOf(id, me, written));
      keeping.apply();
      receipts.sent(room, id, seq);
      timelines.add(room, [message]);
      core.showRooms();
    });
    return true;
  };

  const refresh = (room: Room): void => {
    if (room.person === null) return;
    const person = room.person.personId;
    const isVerified = known.isVerified(person);
    const view = { person, role: 'member', mayRemove: false, mayPromote: false, isVerified } as const;
    const devices = devicesIn(room);
    const [before, persons] = [room.name, room.persons.size];
    room.members = new Map(devices.map((device) => [device, view]));
    room.persons = new Map([...devices.map((device) => [device, person] as const), [me, keys.person.id]]);
    // M11: their own word goes first.
    if (room.person.namedBy === 0) room.name = known.devicesOf(person)[0]?.called || room.name;
    for (const device of devices) room.names.set(device, room.name);
    room.names.set(me, room.person.told);
    if (room.name !== before || room.persons.size !== persons) timelines.refresh(room.id);
    if (room.name === before) return;
    void core.lane.run(async () => {
      if (core.rooms.get(room.id) === room) await core.commit([writeRoom(room, room.unread)], 'relaxed');
    });
  };

  /** At once, as what follows in this turn builds on it. */
  const takeName = (turn: Turn, room: Room, seq: number, text: string): void => {
    const name = fitName(text, nameBytes);
    const { name: before, person } = room;
    if (person === null || name === '' || seq <= person.namedBy) return;
    const call = (called: string, by: OtherPerson): void => {
      room.name = called;
      room.person = by;
      refresh(room);
    };
    call(name, { ...person, namedBy: seq });
    turn.write(writeRoom(room, room.unread));
    turn.failed(() => call(before, person));
  };

  const tellName = (room: Room): void => {
    const isTold = (): boolean => lastSaid(room, me) === 0 || room.person?.told === core.me()?.name;
    if (isTold()) return;
    void core.lane.run(() =>
      vault.turn(async (turn) => {
        const name = core.me()?.name ?? '';
        if (room.person === null || isTold() || !(await say(turn, room, { kind: 'call-me', text: name }))) return;
        const person = { ...room.person, told: name };
        turn.write(writeRoom({ ...room, person }, room.unread));
        turn.after(() => void (room.person = person));
      }),
    );
  };

  return {
    refresh,
    start: (person) =>
      core.lane.run(async () => {
        const [first] = known.devicesOf(person);
        if (first === undefined || person === keys.person.id) return null;
        const room = await keep(first.certificate, first.called, true);
        if (room === null || core.rooms.has(room.id)) return room?.id ?? null;
        if (!(await core.commit([writeRoom(room, 0)], 'strict'))) return null;
        core.rooms.set(room.id, room);
        refresh(room);
        core.showRooms();
        return room.id;
      }),
    send: async (room, draft) => {
      const isSaid = await drafts.once(draft, (turn) => say(turn, room, { kind: 'text', text: draft.text }));
      // Begun under an older name: a name alone begins nothing.
      if (isSaid) tellName(room);
      return isSaid;
    },
    tellName,
    onEntry: async (turn, device, content) => {
      const refused = (why: RefusalReason, when: 'later' | 'never'): 'later' | 'never' => {
        core.log('message-refused', { why });
        return when;
      };
      const entry = decodeEntry(content);
      if (isRefusal(entry)) return refused(entry.refused, 'never');
      if (entry.sentAtMs > core.clock.nowMs() + limits.aheadMs) return refused('too-far-ahead', 'later');
      const who = known.certificateOf(device);
      const before = [...core.rooms.values()].find((each) => each.person?.deviceId === device);
      const certificate: Found | null = who?.certificate ?? before?.person ?? null;
      // The operation that brought it may be on its way.
      if (certificate === null) return refused('unknown-device', 'later');
      const here = roomOf(certificate.personId);
      // Nobody is written to by a name alone.
      if (here === undefined && entry.body.kind === 'call-me') return 'never';
      const room = here ?? (mayCome() ? await keep(certificate, who?.called ?? '', false) : null);
      if (room === null) return refused('too-many', 'later');
      if (here === undefined) {
        turn.write(writeRoom(room, 0));
        core.rooms.set(room.id, room);
        turn.failed(() => void core.rooms.delete(room.id));
      }
      refresh(room);
      if (entry.body.kind === 'call-me') takeName(turn, room, entry.seq, entry.body.text);
      const messageId = messageIdOf(suite, room.id, device, content);
      const message = messageOf({ device, entry: content }, messageId);
      if (message === null) return refused('unknown-kind', 'never');
      turn.after(() => newest.saw(room, outlineOf(messageId, device, entry)));
      const body = { message, bytes: writeDirect({ device, entry: content }), sealed: null };
      return { room, author: device, n: entry.seq, messageId, peer: null, way: null, body };
    },
    onArrived: catchUp.onArrived,
    onClocks: (turn, device, clocks) => {
      for (const room of roomsWith(device)) catchUp.heard(turn, room, device, clocks);
    },
    again: async (turn, device) => {
      for (const room of roomsWith(device)) {
        await catchUp.tellAgain(turn, room, device);
        turn.after(() => void core.lane.run(() => catchUp.give(room, device)));
      }
    },
    greet: (peer, room) => {
      if (peer.device !== null) return true;
      // Whoever can acknowledge one of these has told who they are.
      void core.lane.run(() =>
        vault.turn(async (turn) => {
          for (const device of devicesIn(room)) await post.guess(turn, device, nothingSaid, peer);
        }),
      );
      return true;
    },
    sees: (peer) => {
      const device = peer.device;
      if (device === null) return;
      for (const room of roomsWith(device)) {
        peer.rooms.add(room.id);
        refresh(room);
        catchUp.met(room, device, peer);
      }
    },
    topicsOf: (room, day) => {
      if (room.person === null) return [];
      const boxes = boxSecretsWith(suite, { id: keys.person.id, dhSecret: keys.person.dhSecret }, room.person);
      if (isRefusal(boxes)) return [];
      // Both sides must name the same: that of whose id is lower.
      const secret = keys.person.id < room.person.personId ? boxes.mine : boxes.theirs;
      return [castTopic(suite, secret, day)];
    },
  };
}

type Found = Pick<OtherPerson, 'personId' | 'personDhKey' | 'deviceId'>;

const mostUnanswered = 8;
