/** An entry of a conversation: what one device said at one time, and what it had seen by then. It stays, and never changes. */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { concat, createReader, createWriter, decodeText } from '../bytes.ts';
import type { Reader } from '../bytes.ts';
import type { DeviceId, MessageId, RoomId, Short } from '../ids.ts';
import { limits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { readSent, writeSent } from '../sent.ts';
import { labelled } from '../suite/label.ts';
import type { Suite } from '../suite/suite.ts';

export interface Entry {
  readonly sentAtMs: number;
  /** M1: this device's entries in this conversation, from 1. */
  readonly seq: number;
  /** Beginnings of entries' and operations' ids. */
  readonly parents: readonly Short[];
  readonly body: Body;
}

export type Body =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'reply'; readonly to: MessageId; readonly text: string }
  /** An empty one takes the person's reaction back. */
  | { readonly kind: 'reaction'; readonly to: MessageId; readonly text: string }
  | { readonly kind: 'edit'; readonly to: MessageId; readonly text: string }
  | { readonly kind: 'delete'; readonly to: MessageId }
  /** The head of a device that was added; rooms know what is in it. */
  | { readonly kind: 'head'; readonly bytes: Uint8Array }
  /** The secret of an invite, so that any member can answer who knocks. */
  | { readonly kind: 'invite'; readonly bytes: Uint8Array }
  /** M11: what its author's person is called in a conversation of two. */
  | { readonly kind: 'call-me'; readonly text: string }
  /** Kept, a parent like others, and not shown. */
  | { readonly kind: 'unknown'; readonly number: number; readonly bytes: Uint8Array };

export function encodeEntry(entry: Entry): Uint8Array {
  const { body } = entry;
  const out = createWriter().u8(body.kind === 'unknown' ? body.number : kinds.indexOf(body.kind) + 1);
  writeSent(out, entry.sentAtMs).varint(entry.seq).u8(entry.parents.length);
  for (const parent of entry.parents) out.fixed(hexToBytes(parent));
  if ('to' in body) out.fixed(hexToBytes(body.to));
  if ('text' in body) out.fixed(new TextEncoder().encode(body.text));
  if ('bytes' in body) out.fixed(body.bytes);
  return out.done();
}

export function decodeEntry(bytes: Uint8Array): Entry | Refusal {
  if (bytes.length > limits.entryBytes) return refuse('too-big');
  const read = createReader(bytes);
  const number = read.u8();
  const sentAtMs = readSent(read);
  const seq = read.varint();
  const count = read.u8();
  if (!read.isGood()) return refuse('truncated');
  if (number < 1 || number > lastEntryKind) return refuse('unknown-kind');
  if (count > limits.entryParents) return refuse('too-many');
  if (seq < 1 || seq > limits.number) return refuse('bad-number');
  const parents = Array.from({ length: count }, () => bytesToHex(read.fixed(8)) as Short);
  const body = readBody(read, number);
  if ('refused' in body) return body;
  return read.isDone() ? { sentAtMs, seq, parents, body } : refuse('truncated');
}

/** The same on every device, and in every envelope that carries the entry. */
export const messageIdOf = (suite: Suite, room: RoomId, author: DeviceId, entry: Uint8Array): MessageId =>
  bytesToHex(suite.hash(labelled('message', concat([hexToBytes(room), hexToBytes(author), entry]))).subarray(0, 16)) as MessageId;

export const lastEntryKind = 63;

const kinds = ['text', 'reply', 'reaction', 'edit', 'delete', 'head', 'invite', 'call-me'] as const;
const headBytes = 64;

function readBody(read: Reader, number: number): Body | Refusal {
  const kind = kinds[number - 1];
  switch (kind) {
    case 'text':
    case 'call-me': {
      const text = readText(read, kind === 'text' ? limits.textBytes : limits.nameBytes);
      return typeof text === 'string' ? { kind, text } : text;
    }
    case 'reply':
    case 'edit':
    case 'reaction': {
      const to = bytesToHex(read.fixed(16)) as MessageId;
      const text = readText(read, kind === 'reaction' ? limits.reactionBytes : limits.textBytes);
      return typeof text === 'string' ? { kind, to, text } : text;
    }
    case 'delete':
      return { kind, to: bytesToHex(read.fixed(16)) as MessageId };
    case 'head':
    case 'invite':
      return { kind, bytes: read.fixed(headBytes) };
    default:
      return { kind: 'unknown', number, bytes: read.rest() };
  }
}

function readText(read: Reader, most: number): string | Refusal {
  const bytes = read.rest();
  if (bytes.length > most) return refuse('too-big');
  return decodeText(bytes) ?? refuse('bad-text');
}
