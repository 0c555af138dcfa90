/** A room as this device knows it: keys, what it has of whom, and who has what of mine. */
import { toBase64url, fromBase64url } from '../../protocol/bytes.ts';
import type { Message } from '../../protocol/content.ts';
import { parseMessageId } from '../../protocol/ids.ts';
import type { DeviceId, MessageId, PersonId, RoomId } from '../../protocol/ids.ts';
import { encodeInvite } from '../../protocol/invite.ts';
import { deriveRoomKeys, secretBytes } from '../../protocol/room-keys.ts';
import type { RoomKeys } from '../../protocol/room-keys.ts';
import type { Write } from '../../ports/storage.ts';
import { decodeJson, encodeJson, keyOf } from '../records.ts';
import type { Face, MemberView, RoomView } from '../view.ts';

export interface Room {
  readonly id: RoomId;
  readonly kind: RoomView['kind'];
  /** Of the secret in its link; null in a room of members, whose keys the vault has. */
  readonly keys: RoomKeys | null;
  /** The other one, in a conversation of two. */
  person: OtherPerson | null;
  stage: RoomView['stage'];
  wait: RoomView['wait'];
  name: string;
  /** What goes behind `#` for others to come in. */
  invite: string | null;
  /** What a tab called its wish for it: asked again, it is this one. Null: nobody asked for a new room. */
  readonly asked: MessageId | null;
  readonly joinedAtMs: number;
  /** I had said so many before I left and came back, or my disk was set back: those numbers are taken. */
  said: number;
  unread: number;
  /** Grows with each change of `heads`. */
  changes: number;
  last: LastLine | null;
  /** What this device has, by author. */
  readonly heads: Map<DeviceId, Head>;
  /** What others have of mine. */
  readonly got: Map<DeviceId, Head>;
  /** What people are called, by their last signed word. */
  readonly names: Map<DeviceId, string>;
  /** What a room of members knows of them, by device. */
  members: ReadonlyMap<DeviceId, MemberView>;
  /** Whose devices they are, in a room that knows persons: also of those who have gone. */
  persons: ReadonlyMap<DeviceId, PersonId>;
  /** Of a Square. */
  rules: RoomRules | null;
}

export interface RoomRules {
  isShown(message: Pick<Message, 'author' | 'id' | 'sentAtMs'>): boolean;
  /** Theirs are not passed on. */
  isOut(device: DeviceId): boolean;
  /** These are on the disk now. */
  kept(messages: readonly Message[]): void;
}

export interface LastLine extends NonNullable<RoomView['last']> {
  readonly author: DeviceId;
}

/**
 * All from above `from` up to `upTo`, and those in `above`. What came before `from` was said before they came, and is not for them;
 * what of it stands in `above` they named, when they were here before.
 */
export interface Head {
  upTo: number;
  readonly above: Set<number>;
  readonly from: number;
}

/** What finds the other person again when no room is shared with them any more. */
export interface OtherPerson {
  readonly personId: PersonId;
  readonly personDhKey: Uint8Array;
  readonly deviceId: DeviceId;
  /** What they were told last that I am called. */
  readonly told: string;
  /** M11: the number of their entry that says what they are called; 0: none did. */
  readonly namedBy: number;
}

export interface MadeRoom {
  /** Its secret, or its id where it has none. */
  readonly by: Uint8Array | RoomId;
  readonly name: string;
  readonly kind: RoomView['kind'];
  readonly stage: RoomView['stage'];
  readonly person?: OtherPerson;
  readonly asked?: MessageId | null;
}

export function createRoom(made: MadeRoom & Pick<Room, 'joinedAtMs' | 'said'>): Room {
  const keys = typeof made.by === 'string' ? null : deriveRoomKeys(made.by);
  const isLink = keys !== null && made.kind === 'open';
  return {
    id: typeof made.by === 'string' ? made.by : deriveRoomKeys(made.by).id,
    kind: made.kind,
    keys,
    person: made.person ?? null,
    stage: made.stage,
    wait: made.stage === 'knocking' ? 'alone' : null,
    name: made.name,
    invite: isLink ? encodeInvite({ secret: keys.secret, name: made.name }) : null,
    asked: made.asked ?? null,
    joinedAtMs: made.joinedAtMs,
    said: made.said,
    unread: 0,
    changes: 0,
    last: null,
    heads: new Map(),
    got: new Map(),
    names: new Map(),
    members: new Map(),
    persons: new Map(),
    rules: null,
  };
}

/** What somebody's knot is drawn from here, the same for everybody in the room; null: not known yet. */
export const faceIn = (room: Room, device: DeviceId): Face | null =>
  room.keys === null ? (room.persons.get(device) ?? null) : device;

export const has = (head: Head | undefined, n: number): boolean =>
  head !== undefined && (head.above.has(n) || (n > head.from && n <= head.upTo));

/** The same head with `n` in it. */
export function withEntry(head: Head | undefined, n: number): Head {
  const above = new Set(head?.above);
  let upTo = head?.upTo ?? 0;
  if (n > upTo) above.add(n);
  const from = head?.from ?? 0;
  while (upTo >= from && above.delete(upTo + 1)) upTo += 1;
  return { upTo, above, from };
}

/** The same head with everything up to `upTo` in it. */
export function withUpTo(head: Head | undefined, upTo: number): Head {
  const from = head?.from ?? 0;
  const above = new Set([...(head?.above ?? [])].filter((n) => n > upTo || n <= from));
  return withEntry({ upTo: Math.max(upTo, head?.upTo ?? 0), above, from }, 0);
}

export const writeRoom = (room: Room, unread: number): Write => ({
  op: 'put',
  key: keyOf.room(room.id),
  value: encodeJson({
    name: room.name,
    kind: room.kind,
    secret: room.keys === null ? '' : toBase64url(room.keys.secret),
    stage: room.stage,
    invite: room.keys === null ? (room.invite ?? '') : '',
    person: room.person?.personId ?? '',
    agrees: room.person === null ? '' : toBase64url(room.person.personDhKey),
    device: room.person?.deviceId ?? '',
    told: room.person?.told ?? '',
    namedBy: room.person?.namedBy ?? 0,
    asked: room.asked ?? '',
    joinedAtMs: room.joinedAtMs,
    unread,
  }),
});

/** The number of my last message here, from before I came back too. */
export const lastSaid = (room: Room, me: DeviceId): number => Math.max(room.said, lastOf(room.heads.get(me)));

/** The highest number of what is here. */
export const lastOf = (head: Head | undefined): number => Math.max(head?.upTo ?? 0, ...(head?.above ?? []));

export const writeSaid = (room: RoomId, said: number): Write => ({
  op: 'put',
  key: keyOf.said(room),
  value: encodeJson({ said }),
});

export const readSaid = (value: Uint8Array | undefined): number =>
  (value === undefined ? null : decodeJson(value, { said: 'number' }))?.said ?? 0;

export function readRoom(id: RoomId, value: Uint8Array, said: number): Room | null {
  const record = decodeJson(value, {
    name: 'string',
    kind: 'string',
    secret: 'string',
    joinedAtMs: 'number',
    unread: 'number',
  });
  if (record === null) return null;
  const { name, joinedAtMs } = record;
  const more = decodeJson(value, { stage: 'string', invite: 'string' });
  const secret = fromBase64url(record.secret);
  const kind = kinds.find((each) => each === record.kind) ?? 'open';
  const hasSecret = kind === 'open' || kind === 'square';
  if (hasSecret && secret?.length !== secretBytes) return null;
  const person = kind === 'direct' ? readPerson(value) : undefined;
  if (person === null) return null;
  const stage = stages.find((each) => each === more?.stage) ?? 'in';
  const by = hasSecret && secret !== null ? secret : id;
  const asked = parseMessageId(decodeJson(value, { asked: 'string' })?.asked ?? '');
  const room = createRoom({ by, kind, stage, name, joinedAtMs, said, asked, ...(person && { person }) });
  if (kind === 'members') room.invite = more?.invite === '' ? null : (more?.invite ?? null);
  room.unread = record.unread;
  return room;
}

function readPerson(value: Uint8Array): OtherPerson | null {
  const record = decodeJson(value, { person: 'string', agrees: 'string', device: 'string' });
  const personDhKey = record && fromBase64url(record.agrees);
  if (record === null || personDhKey?.length !== 32) return null;
  const { told, namedBy } = decodeJson(value, { told: 'string', namedBy: 'number' }) ?? { told: '', namedBy: 0 };
  // Written by `writeRoom`, where they were what they are called.
  return { personId: record.person as PersonId, personDhKey, deviceId: record.device as DeviceId, told, namedBy };
}

const kinds: readonly Room['kind'][] = ['open', 'square', 'members', 'direct'];
const stages: readonly Room['stage'][] = ['in', 'knocking', 'out'];

export const writeHead = (key: string, head: Head, name: string, person: PersonId | '' = ''): Write => ({
  op: 'put',
  key,
  value: encodeJson({ upTo: head.upTo, above: [...head.above].join(','), from: head.from, name, person }),
});

export function readHead(value: Uint8Array): KeptHead | null {
  const record = decodeJson(value, { upTo: 'number', above: 'string', name: 'string' });
  if (record === null) return null;
  const above = new Set(record.above.split(',').filter(Boolean).map(Number));
  const from = decodeJson(value, { from: 'number' })?.from ?? 0;
  const person = decodeJson(value, { person: 'string' })?.person ?? '';
  // Written by `writeHead`, where it was what it is called.
  return { head: { upTo: record.upTo, above, from }, name: record.name, person: person === '' ? null : (person as PersonId) };
}

interface KeptHead {
  readonly head: Head;
  /** Whose it is, as known when they spoke last. */
  readonly name: string;
  readonly person: PersonId | null;
}

export const deviceInKey = (key: string): DeviceId => key.slice(-64) as DeviceId;
