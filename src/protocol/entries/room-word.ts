/** What a device says to a room of itself, in passing: that it is there, how far it has everything, and how to begin a session with it. */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { createReader, createWriter } from '../bytes.ts';
import type { OperationId, PeerId } from '../ids.ts';
import { limits } from '../limits.ts';
import { readPeer, writePeer } from '../meet-ids.ts';
import { bundleBytes } from '../people/bundle.ts';
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { encodeClocks, readClocks } from './passing.ts';
import type { Clock } from './passing.ts';

export interface RoomWord {
  /** Bound to this path: said again elsewhere, it makes nobody present. */
  readonly peer: PeerId;
  /** `asks`: the other side shall say its own. `leaves`: not here any more. */
  readonly about: 'tells' | 'asks' | 'leaves';
  /** To those who never had it. */
  readonly bundle: Uint8Array | null;
  readonly heads: readonly OperationId[];
  /** All up to seq. */
  readonly clocks: readonly Clock[];
}

export const roomWordKind = 68;

export function encodeRoomWord(word: RoomWord): Uint8Array {
  const out = writePeer(createWriter().u8(roomWordKind).u8(abouts.indexOf(word.about)), word.peer);
  if (word.bundle === null) out.u8(0);
  else out.u8(1).fixed(word.bundle);
  out.u8(word.heads.length);
  for (const head of word.heads) out.fixed(hexToBytes(head));
  return out.fixed(encodeClocks(word.clocks)).done();
}

export function decodeRoomWord(content: Uint8Array): RoomWord | Refusal {
  const read = createReader(content);
  if (read.u8() !== roomWordKind) return refuse(read.isGood() ? 'unknown-kind' : 'truncated');
  const about = abouts[read.u8()];
  const peer = readPeer(read);
  const has = read.u8();
  const bundle = has === 1 ? read.fixed(bundleBytes) : null;
  const count = read.u8();
  if (!read.isGood()) return refuse('truncated');
  if (about === undefined || peer === null || has > 1) return refuse('bad-number');
  if (count > limits.operationParents) return refuse('too-many');
  const heads = Array.from({ length: count }, () => bytesToHex(read.fixed(32)) as OperationId);
  const clocks = readClocks(read);
  if ('refused' in clocks) return clocks;
  return read.isDone() ? { peer, about, bundle, heads, clocks } : refuse('truncated');
}

const abouts = ['tells', 'asks', 'leaves'] as const;
