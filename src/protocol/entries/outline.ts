/** An entry without its words: all that order and folding need, and all that stays of it when its words go (M7). */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { createReader, createWriter } from '../bytes.ts';
import type { DeviceId, MessageId } from '../ids.ts';
import { limits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { readSent, writeSent } from '../sent.ts';
import type { Entry } from './entry.ts';
import { readShort } from './passing.ts';

export interface Outline extends Pick<Entry, 'sentAtMs' | 'seq' | 'parents'> {
  readonly id: MessageId;
  readonly device: DeviceId;
  readonly says: Says;
}

export type Says =
  | { readonly kind: 'text' | 'head' | 'invite' | 'call-me' | 'unknown' }
  | { readonly kind: 'reply' | 'edit' | 'delete'; readonly to: MessageId }
  /** Its few letters are what it does, so they count as no words. */
  | { readonly kind: 'reaction'; readonly to: MessageId; readonly text: string };

export function outlineOf(id: MessageId, device: DeviceId, entry: Entry): Outline {
  const { sentAtMs, seq, parents, body } = entry;
  return { id, device, sentAtMs, seq, parents, says: sayingOf(body) };
}

/** For the record that stands where the entry stood. */
export function encodeOutline(outline: Outline): Uint8Array {
  const { says } = outline;
  const out = createWriter().u8(version).fixed(hexToBytes(outline.id)).fixed(hexToBytes(outline.device));
  writeSent(out, outline.sentAtMs).varint(outline.seq).u8(outline.parents.length);
  for (const parent of outline.parents) out.fixed(hexToBytes(parent));
  out.u8(kinds.indexOf(says.kind));
  if ('to' in says) out.fixed(hexToBytes(says.to));
  if ('text' in says) out.text(says.text);
  return out.done();
}

export function decodeOutline(bytes: Uint8Array): Outline | Refusal {
  const read = createReader(bytes);
  if (read.u8() !== version) return refuse(read.isGood() ? 'unknown-version' : 'truncated');
  const id = bytesToHex(read.fixed(16)) as MessageId;
  const device = bytesToHex(read.fixed(32)) as DeviceId;
  const sentAtMs = readSent(read);
  const seq = read.varint();
  const count = read.u8();
  if (count > limits.entryParents) return refuse('too-many');
  const parents = Array.from({ length: count }, () => readShort(read));
  const kind = kinds[read.u8()];
  if (kind === undefined) return refuse('unknown-kind');
  const readTo = (): MessageId => bytesToHex(read.fixed(16)) as MessageId;
  let says: Says;
  if (kind === 'reaction') says = { kind, to: readTo(), text: read.text(limits.reactionBytes) };
  else if (kind === 'reply' || kind === 'edit' || kind === 'delete') says = { kind, to: readTo() };
  else says = { kind };
  return read.isDone() ? { id, device, sentAtMs, seq, parents, says } : refuse('truncated');
}

const version = 1;
const kinds = ['text', 'reply', 'reaction', 'edit', 'delete', 'head', 'unknown', 'invite', 'call-me'] as const;

function sayingOf(body: Entry['body']): Says {
  switch (body.kind) {
    case 'reaction':
      return { kind: body.kind, to: body.to, text: body.text };
    case 'reply':
    case 'edit':
    case 'delete':
      return { kind: body.kind, to: body.to };
    default:
      return { kind: body.kind };
  }
}
