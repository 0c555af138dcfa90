/** A room as this device knows it: keys, what it has of whom, and who has what of mine. */
import { toBase64url, fromBase64url } from '../../protocol/bytes.ts';
import type { DeviceId, RoomId } from '../../protocol/ids.ts';
import { encodeInvite } from '../../protocol/invite.ts';
import { deriveRoomKeys, secretBytes } from '../../protocol/room-keys.ts';
import type { RoomKeys } from '../../protocol/room-keys.ts';
import type { Write } from '../../ports/storage.ts';
import { decodeJson, encodeJson, keyOf } from '../records.ts';
import type { RoomView } from '../view.ts';

export interface Room extends RoomKeys {
  readonly kind: RoomView['kind'];
  readonly name: string;
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
}

/** All up to `upTo`, and those in `above`. */
export interface Head {
  upTo: number;
  readonly above: Set<number>;
}

export function createRoom(made: {
  readonly secret: Uint8Array;
  readonly name: string;
  readonly kind: RoomView['kind'];
  readonly joinedAtMs: number;
  readonly said: number;
}): Room {
  return {
    ...deriveRoomKeys(made.secret),
    kind: made.kind,
    name: made.name,
    joinedAtMs: made.joinedAtMs,
    said: made.said,
    unread: 0,
    changes: 0,
    last: null,
    heads: new Map(),
    got: new Map(),
    names: new Map(),
  };
}

export const has = (head: Head | undefined, n: number): boolean => head !== undefined && (n <= head.upTo || head.above.has(n));

/** The same head with `n` in it. */
export function withEntry(head: Head | undefined, n: number): Head {
  const above = new Set(head?.above);
  let upTo = head?.upTo ?? 0;
  if (n > upTo) above.add(n);
  while (above.delete(upTo + 1)) upTo += 1;
  return { upTo, above };
}

/** The same head with everything up to `upTo` in it. */
export function withUpTo(head: Head | undefined, upTo: number): Head {
  const above = new Set([...(head?.above ?? [])].filter((n) => n > upTo));
  return withEntry({ upTo: Math.max(upTo, head?.upTo ?? 0), above }, 0);
}

export const inviteTo = (room: Room): string | null =>
  room.kind === 'square' ? null : encodeInvite({ secret: room.secret, name: room.name });

export const writeRoom = (room: Room, unread: number): Write => ({
  op: 'put',
  key: keyOf.room(room.id),
  value: encodeJson({
    name: room.name,
    kind: room.kind,
    secret: toBase64url(room.secret),
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

export function readRoom(value: Uint8Array, said: number): Room | null {
  const record = decodeJson(value, {
    name: 'string',
    kind: 'string',
    secret: 'string',
    joinedAtMs: 'number',
    unread: 'number',
  });
  const secret = record && fromBase64url(record.secret);
  if (record === null || secret?.length !== secretBytes) return null;
  const kind = record.kind === 'square' ? 'square' : 'open';
  const room = createRoom({ secret, kind, name: record.name, joinedAtMs: record.joinedAtMs, said });
  room.unread = record.unread;
  return room;
}

export const writeHead = (key: string, head: Head, name: string): Write => ({
  op: 'put',
  key,
  value: encodeJson({ upTo: head.upTo, above: [...head.above].join(','), name }),
});

export function readHead(value: Uint8Array): { readonly head: Head; readonly name: string } | null {
  const record = decodeJson(value, { upTo: 'number', above: 'string', name: 'string' });
  if (record === null) return null;
  const above = new Set(record.above.split(',').filter(Boolean).map(Number));
  return { head: { upTo: record.upTo, above }, name: record.name };
}

export const deviceInKey = (key: string): DeviceId => key.slice(-64) as DeviceId;
