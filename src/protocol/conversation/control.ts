/** What the two ends of a session say to each other, not to be shown: a turn of the ratchet, a KEM key, the answer to it. */
import { createReader, createWriter } from '../bytes.ts';
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { sizes } from '../suite/suite.ts';

export type Control =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'offer'; readonly epoch: number; readonly key: Uint8Array }
  | { readonly kind: 'answer'; readonly epoch: number; readonly ciphertext: Uint8Array };

export const isControl = (content: Uint8Array): boolean => content[0] === turn || content[0] === offer || content[0] === answer;

export function encodeControl(control: Control): Uint8Array {
  switch (control.kind) {
    case 'nothing':
      return Uint8Array.of(turn);
    case 'offer':
      return createWriter().u8(offer).u8(control.epoch).fixed(control.key).done();
    case 'answer':
      return createWriter().u8(answer).u8(control.epoch).fixed(control.ciphertext).done();
  }
}

export function decodeControl(content: Uint8Array): Control | Refusal {
  const read = createReader(content);
  const kind = read.u8();
  if (kind === turn) return read.isDone() ? { kind: 'nothing' } : refuse('truncated');
  if (kind !== offer && kind !== answer) return refuse('unknown-kind');
  const epoch = read.u8();
  const bytes = read.fixed(kind === offer ? sizes.kemKey : sizes.kemCiphertext);
  if (!read.isDone()) return refuse('truncated');
  return kind === offer ? { kind: 'offer', epoch, key: bytes } : { kind: 'answer', epoch, ciphertext: bytes };
}

const turn = 64;
const offer = 128;
const answer = 129;
