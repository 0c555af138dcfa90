/** Content's first byte says whom it is for: a conversation that keeps it, one it passes by, or two devices alone. */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { concat, createReader, createWriter } from '../bytes.ts';
import type { DeviceId, PersonId, RoomId } from '../ids.ts';
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { labelled } from '../suite/label.ts';
import type { Suite } from '../suite/suite.ts';
import { lastEntryKind } from './entry.ts';
import { lastPassingKind } from './passing.ts';

/** What two devices tell each other. In a room's envelope there is none of it. */
export type Between =
  | { readonly kind: 'kem-offer' | 'kem-answer' | 'seed-row' | 'heads' | 'bundle'; readonly body: Uint8Array }
  /** An entry of a conversation of two whose author is not the sending device, or whose persons are not the session's. */
  | { readonly kind: 'direct'; readonly room: RoomId; readonly author: DeviceId; readonly entry: Uint8Array }
  | { readonly kind: 'sync'; readonly room: RoomId; readonly part: Uint8Array };

export type ContentClass = 'entry' | 'passing' | 'between';

export function classOf(content: Uint8Array): ContentClass | Refusal {
  const kind = content[0];
  if (kind === undefined) return refuse('truncated');
  if (kind >= 1 && kind <= lastEntryKind) return 'entry';
  if (kind > lastEntryKind && kind <= lastPassingKind) return 'passing';
  return kinds[kind - firstKind] === undefined ? refuse('unknown-kind') : 'between';
}

export function encodeBetween(between: Between): Uint8Array {
  const out = createWriter().u8(firstKind + kinds.indexOf(between.kind));
  switch (between.kind) {
    case 'direct':
      return out.fixed(hexToBytes(between.room)).fixed(hexToBytes(between.author)).fixed(between.entry).done();
    case 'sync':
      return out.fixed(hexToBytes(between.room)).fixed(between.part).done();
    default:
      return out.fixed(between.body).done();
  }
}

/** The entry, the part or the body within is not looked into. */
export function decodeBetween(content: Uint8Array): Between | Refusal {
  const read = createReader(content);
  const kind = kinds[read.u8() - firstKind];
  if (kind === undefined) return refuse(read.isGood() ? 'unknown-kind' : 'truncated');
  if (kind !== 'direct' && kind !== 'sync') return { kind, body: read.rest() };
  const room = bytesToHex(read.fixed(16)) as RoomId;
  const between =
    kind === 'sync'
      ? { kind, room, part: read.rest() }
      : { kind, room, author: bytesToHex(read.fixed(32)) as DeviceId, entry: read.rest() };
  return read.isDone() ? between : refuse('truncated');
}

/** The conversation of two persons, or of one with themself. */
export function directRoomOf(suite: Suite, one: PersonId, other: PersonId): RoomId {
  const ids = [one, other].toSorted().map(hexToBytes);
  return bytesToHex(suite.hash(labelled('direct', concat(ids))).subarray(0, 16)) as RoomId;
}

const firstKind = 128;
const kinds = ['kem-offer', 'kem-answer', 'seed-row', 'heads', 'direct', 'sync', 'bundle'] as const;
