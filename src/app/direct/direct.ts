/** Conversations of two persons: each entry goes to the other's devices over their sessions, and is received when one says so. */
import type { Core } from '../core.ts';
import { castTopic, boxSecretsWith } from '../../protocol/contact/address.ts';
import { directRoomOf } from '../../protocol/entries/between.ts';
import { decodeEntry, encodeEntry, messageIdOf } from '../../protocol/entries/entry.ts';
import { nothingSaid } from '../../protocol/entries/passing.ts';
import { shortOf } from '../../protocol/ids.ts';
import type { DeviceId, PersonId, RoomId, Short, Topic } from '../../protocol/ids.ts';
import { limits } from '../../protocol/limits.ts';
import type { Certificate } from '../../protocol/people/certificate.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import type { RefusalReason } from '../../protocol/refusal.ts';
import { envelopeIdOf } from '../../protocol/wire/envelope-id.ts';
import { decodeText } from '../../protocol/bytes.ts';
import type { Desk } from '../delivery/desk.ts';
import type { Arrived } from '../delivery/keeper.ts';
import type { Peer } from '../mesh/peers.ts';
import type { Draft, Drafts } from '../members/drafts.ts';
import type { Post } from '../members/post.ts';
import type { Turn, Vault } from '../members/vault.ts';
import { keyOf } from '../records.ts';
import { keepMessages } from '../rooms/keep-message.ts';
import { prepareRoom } from '../rooms/keep-room.ts';
import { messageOf, readDirect, writeDirect } from '../rooms/kept.ts';
import { has, lastSaid, withEntry, writeHead, writeRoom } from '../rooms/room.ts';
import type { OtherPerson, Room } from '../rooms/room.ts';

export interface Direct {
  /** What is shown of the other person, after the start and whenever it may have changed. */
  refresh(room: Room): void;
  /** The conversation with somebody known from a room; begun when it is not there. */
  start(person: PersonId): Promise<RoomId | null>;
  send(room: Room, draft: Draft): Promise<boolean>;
  /** An entry of the device's own, said over its session. `later`: it cannot be kept now, and shall come again; `never`: not at all. */
  onEntry(turn: Turn, device: DeviceId, content: Uint8Array): Promise<Arrived | 'later' | 'never'>;
  /** A letter with this entry of mine was taken in by that device: it is on its disk. */
  onArrived(turn: Turn, device: DeviceId, room: RoomId, seq: number): void;
  /** A path to somebody of the conversation stands, whoever it is; answers true. */
  greet(peer: Peer, room: Room): true;
  /** Somebody is at the end of this path: they are here in our conversation, and get what they lack. */
  sees(peer: Peer): void;
  /** Whether a device belongs to somebody I have a conversation with. */
  knows(device: DeviceId): boolean;
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
  { timelines, receipts }: Pick<Desk, 'timelines' | 'receipts'>,
  known: { readonly certificateOf: CertificateOf; readonly devicesOf: DevicesOf; isVerified(person: PersonId): boolean },
): Direct {
  const { suite, keys } = vault;
  const me = keys.us.device.id;
  const tips = new WeakMap<Room, readonly Short[]>();

  const roomOf = (person: PersonId): Room | undefined => core.rooms.get(directRoomOf(suite, keys.person.id, person));

  /** All devices known of the other person, by the newest word. */
  const devicesIn = (room: Room): readonly DeviceId[] => [
    ...new Set([
      ...(room.person === null ? [] : [room.person.deviceId]),
      ...(room.person === null ? [] : known.devicesOf(room.person.personId)).map((each) => each.certificate.deviceId),
    ]),
  ];

  const keep = async (certificate: OtherPerson, called: string, isAsked: boolean): Promise<Room | null> => {
    const by = directRoomOf(suite, keys.person.id, certificate.personId);
    const room = await prepareRoom(core, { by, name: called, kind: 'direct', stage: 'in', person: certificate }, isAsked);
    if (room !== null && !core.rooms.has(room.id)) room.names.set(certificate.deviceId, called);
    return room;
  };

  /** Strangers of a shared room can write first, but not fill the list: those that I never answered are few. */
  const mayCome = (): boolean =>
    [...core.rooms.values()].filter((room) => room.kind === 'direct' && lastSaid(room, me) === 0).length < mostUnanswered;

  const postTo = (turn: Turn, device: DeviceId, room: Room, seq: number, entry: Uint8Array): Promise<boolean> =>
    post.send(turn, device, entry, { room: room.id, seq });

  /** What they have not said to have, and no letter is on its way with. */
  const catchUp = async (turn: Turn, room: Room, device: DeviceId): Promise<void> => {
    const mine = room.heads.get(me);
    for (let seq = 1; seq <= (mine?.upTo ?? 0); seq += 1) {
      if (has(room.got.get(device), seq) || post.isWaiting(device, room.id, seq)) continue;
      const log = await core.storage.get(keyOf.log(room.id, me, seq));
      const kept = log && (await core.storage.get(decodeText(log.value) ?? ''));
      const entry = kept && readDirect(kept.value);
      if (entry && !(await postTo(turn, device, room, seq, entry.entry))) return;
    }
  };

  const say = async (turn: Turn, room: Room, text: string): Promise<boolean> => {
    // Left meanwhile, or left and begun anew.
    if (core.rooms.get(room.id) !== room) return false;
    const seq = lastSaid(room, me) + 1;
    const parents = (tips.get(room) ?? []).slice(-mostParents);
    const entry = encodeEntry({ sentAtMs: core.clock.nowMs(), seq, parents, body: { kind: 'text', text } });
    const id = messageIdOf(suite, room.id, me, entry);
    const message = messageOf({ device: me, entry }, id);
    if (message === null) throw new Error('an entry of our own is not one');
    const keeping = keepMessages(room, [{ message, bytes: writeDirect({ device: me, entry }) }], me);
    turn.write(...keeping.writes);
    for (const device of devicesIn(room)) await postTo(turn, device, room, seq, entry);
    turn.after(() => {
      tips.set(room, [shortOf(id)]);
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
    room.members = new Map(devicesIn(room).map((device) => [device, view]));
    for (const device of room.members.keys()) {
      const called = known.certificateOf(device)?.called;
      if (called !== undefined || !room.names.has(device)) room.names.set(device, called ?? room.name);
    }
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
    send: (room, draft) => drafts.once(draft, (turn) => say(turn, room, draft.text)),
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
      const certificate: OtherPerson | null = who?.certificate ?? before?.person ?? null;
      // The operation that brought it may be on its way.
      if (certificate === null) return refused('unknown-device', 'later');
      const here = roomOf(certificate.personId);
      const room = here ?? (mayCome() ? await keep(certificate, who?.called ?? '', false) : null);
      if (room === null) return refused('too-many', 'later');
      if (here === undefined) {
        turn.write(writeRoom(room, 0));
        core.rooms.set(room.id, room);
        turn.failed(() => void core.rooms.delete(room.id));
      }
      refresh(room);
      const messageId = messageIdOf(suite, room.id, device, content);
      const message = messageOf({ device, entry: content }, messageId);
      if (message === null) return refused('unknown-kind', 'never');
      turn.after(() =>
        tips.set(room, [...(tips.get(room) ?? []).filter((tip) => !entry.parents.includes(tip)), shortOf(messageId)]),
      );
      const id = envelopeIdOf(suite, content);
      const body = { message, bytes: writeDirect({ device, entry: content }), sealed: null };
      return { id, room, author: device, n: entry.seq, messageId, peer: null, body };
    },
    onArrived: (turn, device, id, seq) => {
      const room = core.rooms.get(id);
      if (room === undefined || has(room.got.get(device), seq)) return;
      const head = withEntry(room.got.get(device), seq);
      turn.write(writeHead(keyOf.got(id, device), head, ''));
      turn.after(() => {
        room.got.set(device, head);
        timelines.refresh(id);
      });
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
      for (const room of core.rooms.values()) {
        if (room.kind !== 'direct' || !devicesIn(room).includes(device)) continue;
        peer.rooms.add(room.id);
        refresh(room);
        void core.lane.run(() => vault.turn((turn) => catchUp(turn, room, device)));
      }
    },
    knows: (device) => [...core.rooms.values()].some((room) => room.kind === 'direct' && devicesIn(room).includes(device)),
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

const mostParents = 4;
const mostUnanswered = 8;
