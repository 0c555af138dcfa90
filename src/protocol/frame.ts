/** What two peers say on `/wavu/link/1`, or through others that pass it on: envelopes, signals, and pings to measure with. */
import { createReader, createWriter } from './bytes.ts';
import { limits } from './limits.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';

export type Frame =
  | { readonly kind: 'envelope'; readonly bytes: Uint8Array }
  /** Of version 2: hop header and envelope, or an acknowledgement. */
  | { readonly kind: 'hop'; readonly bytes: Uint8Array }
  /** What the two need to connect directly, sealed between them. */
  | { readonly kind: 'signal'; readonly bytes: Uint8Array }
  /** Neighbours introduce each other as a relay does, in the same words (`meet.ts`). */
  | { readonly kind: 'meet'; readonly bytes: Uint8Array }
  /** The word of a Square's owner (`square/word.ts`). */
  | { readonly kind: 'square'; readonly bytes: Uint8Array }
  /** Who has what of a room, in a few bytes that only the room understands (`cast.ts`). */
  | { readonly kind: 'cast'; readonly bytes: Uint8Array }
  | { readonly kind: 'ping'; readonly token: number }
  | { readonly kind: 'pong'; readonly token: number };

export function encodeFrame(frame: Frame): Uint8Array {
  const out = createWriter()
    .u8(version)
    .u8(kinds.indexOf(frame.kind) + 1);
  return ('bytes' in frame ? out.fixed(frame.bytes) : out.varint(frame.token)).done();
}

export function decodeFrame(bytes: Uint8Array): Frame | Refusal {
  if (bytes.length > limits.frameBytes) return refuse('too-big');
  if (bytes.length < 2) return refuse('truncated');
  const read = createReader(bytes);
  if (read.u8() !== version) return refuse('unknown-version');
  const kind = kinds[read.u8() - 1];
  if (kind === undefined) return refuse('unknown-kind');
  if (kind !== 'ping' && kind !== 'pong') return { kind, bytes: read.rest() };
  const token = read.varint();
  return read.isDone() ? { kind, token } : refuse('truncated');
}

const version = 1;
const kinds = ['envelope', 'ping', 'pong', 'hop', 'signal', 'meet', 'square', 'cast'] as const;
