/** A room as this device knows it: keys, what it has of whom, and who has what of mine. */
import { toBase64url, fromBase64url } from '../../protocol/bytes.ts';
import type { DeviceId, PersonId, RoomId } from '../../protocol/ids.ts';
import { encodeInvite } from '../../protocol/invite.ts';
import { deriveRoomKeys, secretBytes } from '../../protocol/room-keys.ts';
import type { RoomKeys } from '../../protocol/room-keys.ts';
import type { Write } from '../../ports/storage.ts';
import { decodeJson, encodeJson, keyOf } from '../records.ts';
import type { MemberView, RoomView } from '../view.ts';

export interface Room {
  readonly id: RoomId;
  readonly kind: RoomView['kind'];
  /** Of the secret in its link; null in a room of members, whose keys the vault has. */
  readonly keys: RoomKeys | null;
  /** The other one, in a conversation of two. */
  readonly person: OtherPerson | null;
  stage: RoomView['stage'];
  name: string;
  /** What goes behind `#` for others to come in. */
  invite: string | null;
  readonly joinedAtMs: number;
  /** Before I left and came back I had said so many: those numbers are taken. */
  readonly said: number;
  unread: number;
  /** Grows with each change of `heads`. */
  changes: number;
  last: RoomView['last'];
  /** What this device has, by author. */
  readonly heads: Map<DeviceId, Head>;
  /** What others have of mine. */
  readonly got: Map<DeviceId, Head>;
  /** What people are called, by their last signed word. */
  readonly names: Map<DeviceId, string>;
  /** What a room of members knows of them, by device. */
  members: ReadonlyMap<DeviceId, MemberView>;
}

/** All from above `from` up to `upTo`, and those in `above`. What came before `from` was said before they came, and is not for them. */
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
}

export interface MadeRoom {
  /** Its secret, or its id where it has none. */
  readonly by: Uint8Array | RoomId;
  readonly name: string;
  readonly kind: RoomView['kind'];
  readonly stage: RoomView['stage'];
  readonly person?: OtherPerson;
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
    name: made.name,
    invite: isLink ? encodeInvite({ secret: keys.secret, name: made.name }) : null,
    joinedAtMs: made.joinedAtMs,
    said: made.said,
    unread: 0,
    changes: 0,
    last: null,
    heads: new Map(),
    got: new Map(),
    names: new Map(),
    members: new Map(),
  };
}

export const has = (head: Head | undefined, n: number): boolean =>
  head !== undefined && n > head.from && (n <= head.upTo || head.above.has(n));

/** The same head with `n` in it. */
export function withEntry(head: Head | undefined, n: number): Head {
  const above = new Set(head?.above);
  let upTo = head?.upTo ?? 0;
  if (n > upTo) above.add(n);
  while (above.delete(upTo + 1)) upTo += 1;
  return { upTo, above, from: head?.from ?? 0 };
}

/** The same head with everything up to `upTo` in it. */
export function withUpTo(head: Head | undefined, upTo: number): Head {
  const above = new Set([...(head?.above ?? [])].filter((n) => n > upTo));
  return withEntry({ upTo: Math.max(upTo, head?.upTo ?? 0), above, from: head?.from ?? 0 }, 0);
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
    joinedAtMs: room.joinedAtMs,
    unread,
  }),
});

/** The number of my last message here, from before I came back too. */
export function lastSaid(room: Room, me: DeviceId): number {
  const head = room.heads.get(me);
  return Math.max(room.said, head?.upTo ?? 0, ...(head?.above ?? []));
}

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
  const room = createRoom({ by, kind, stage, name, joinedAtMs, said, ...(person && { person }) });
  if (kind === 'members') room.invite = more?.invite === '' ? null : (more?.invite ?? null);
  room.unread = record.unread;
  return room;
}

function readPerson(value: Uint8Array): OtherPerson | null {
  const record = decodeJson(value, { person: 'string', agrees: 'string', device: 'string' });
  const personDhKey = record && fromBase64url(record.agrees);
  if (record === null || personDhKey?.length !== 32) return null;
  // Written by `writeRoom`, where they were what they are called.
  return { personId: record.person as PersonId, personDhKey, deviceId: record.device as DeviceId };
}

const kinds: readonly Room['kind'][] = ['open', 'square', 'members', 'direct'];
const stages: readonly Room['stage'][] = ['in', 'knocking', 'out'];

export const writeHead = (key: string, head: Head, name: string): Write => ({
  op: 'put',
  key,
  value: encodeJson({ upTo: head.upTo, above: [...head.above].join(','), from: head.from, name }),
});

export function readHead(value: Uint8Array): { readonly head: Head; readonly name: string } | null {
  const record = decodeJson(value, { upTo: 'number', above: 'string', name: 'string' });
  if (record === null) return null;
  const above = new Set(record.above.split(',').filter(Boolean).map(Number));
  const from = decodeJson(value, { from: 'number' })?.from ?? 0;
  return { head: { upTo: record.upTo, above, from }, name: record.name };
}

export const deviceInKey = (key: string): DeviceId => key.slice(-64) as DeviceId;
