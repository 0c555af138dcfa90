/** What is said inside a room, signed by the device that says it: messages, receipts, summaries. */
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { concat, createReader, createWriter } from './bytes.ts';
import type { Reader } from './bytes.ts';
import { isSigned, sign, signatureBytes } from './device.ts';
import type { DeviceKey } from './device.ts';
import { parseDeviceId, parseMessageId } from './ids.ts';
import type { DeviceId, MessageId, PeerId, RoomId } from './ids.ts';
import { limits } from './limits.ts';
import { readPeer, writePeer } from './meet-ids.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';

export type Content = Message | Receipt | Summary;

/** An entry of a room. `n` counts this author's messages in this room from 1, without gaps. */
export interface Message {
  readonly kind: 'message';
  readonly author: DeviceId;
  readonly id: MessageId;
  readonly n: number;
  readonly sentAtMs: number;
  /** What the author is called at that time. */
  readonly name: string;
  readonly text: string;
}

/** `author` has stored these. */
export interface Receipt {
  readonly kind: 'receipt';
  readonly author: DeviceId;
  readonly messages: readonly MessageId[];
}

/** `author` is here, reached at `peer`, and has every message up to `upTo` of each device named. */
export interface Summary {
  readonly kind: 'summary';
  readonly author: DeviceId;
  readonly peer: PeerId;
  readonly name: string;
  /** `asks`: the other side shall send its own. `leaves`: the author goes from the room, or from the mesh. */
  readonly about: 'tells' | 'asks' | 'leaves';
  /** Devices as the first 8 bytes of their key, hex. */
  readonly heads: readonly { readonly device: string; readonly upTo: number }[];
}

/** 16 fresh bytes of luck. */
export const newMessageId = (luck: Uint8Array): MessageId => bytesToHex(luck) as MessageId;

/** How a summary names a device: the first 8 bytes of its key. */
export const abbreviate = (device: DeviceId): string => device.slice(0, 16);

/** The bytes a device puts its name to; the room is in the signature, so they hold nowhere else. */
export function encodeContent(content: Content, room: RoomId, key: DeviceKey): Uint8Array {
  const out = createWriter()
    .u8(kinds.indexOf(content.kind) + 1)
    .fixed(hexToBytes(content.author));
  switch (content.kind) {
    case 'message':
      out.fixed(hexToBytes(content.id)).varint(content.n).varint(content.sentAtMs);
      out.text(content.name).text(content.text);
      break;
    case 'receipt':
      out.varint(content.messages.length);
      for (const id of content.messages) out.fixed(hexToBytes(id));
      break;
    case 'summary':
      writePeer(out, content.peer).text(content.name);
      out.u8(abouts.indexOf(content.about)).varint(content.heads.length);
      for (const head of content.heads) out.fixed(hexToBytes(head.device)).varint(head.upTo);
      break;
  }
  const body = out.done();
  return concat([body, sign(key, signedBytes(room, body))]);
}

export function decodeContent(bytes: Uint8Array, room: RoomId): Content | Refusal {
  const content = decodeOwnContent(bytes);
  if ('refused' in content) return content;
  const body = bytes.subarray(0, bytes.length - signatureBytes);
  const signature = bytes.subarray(bytes.length - signatureBytes);
  const isTrue = isSigned(content.author, signedBytes(room, body), signature);
  return isTrue ? content : refuse('bad-signature');
}

/** For bytes we verified before we stored them: does not look at the signature. */
export function decodeOwnContent(bytes: Uint8Array): Content | Refusal {
  if (bytes.length <= signatureBytes) return refuse('truncated');
  const read = createReader(bytes.subarray(0, bytes.length - signatureBytes));
  const kind = kinds[read.u8() - 1];
  if (kind === undefined) return refuse('unknown-kind');
  const author = parseDeviceId(bytesToHex(read.fixed(32)));
  if (author === null) return refuse('truncated');
  const content = readFields(read, kind, author);
  if (content === null) return refuse(read.isGood() ? 'bad-id' : 'truncated');
  return 'refused' in content || read.isDone() ? content : refuse('truncated');
}

const abouts = ['tells', 'asks', 'leaves'] as const;
const kinds = ['message', 'receipt', 'summary'] as const;

const signedBytes = (room: RoomId, body: Uint8Array): Uint8Array =>
  concat([utf8ToBytes('wavu/1 content'), hexToBytes(room), body]);

function readFields(read: Reader, kind: Content['kind'], author: DeviceId): Content | Refusal | null {
  switch (kind) {
    case 'message': {
      const id = parseMessageId(bytesToHex(read.fixed(16)));
      const n = read.varint();
      const sentAtMs = read.varint();
      const name = read.text(limits.nameBytes);
      const text = read.text(limits.textBytes);
      if (id === null || n < 1 || n > limits.number || sentAtMs > maxTimeMs) return null;
      return { kind, author, id, n, sentAtMs, name, text };
    }
    case 'receipt': {
      const count = read.varint();
      if (count > limits.receiptIds) return refuse('too-many');
      const messages = Array.from({ length: count }, () => parseMessageId(bytesToHex(read.fixed(16))));
      return messages.every((id) => id !== null) ? { kind, author, messages } : null;
    }
    case 'summary': {
      const peer = readPeer(read);
      const name = read.text(limits.nameBytes);
      const about = abouts[read.u8()];
      const count = read.varint();
      if (count > limits.devicesPerRoom) return refuse('too-many');
      const heads = Array.from({ length: count }, () => ({
        device: bytesToHex(read.fixed(8)),
        upTo: read.varint(),
      }));
      if (peer === null || about === undefined || !read.isGood()) return null;
      return { kind, author, peer, name, about, heads };
    }
  }
}

/** The year 9999: what fits the 15 digits of a timeline key, and every calendar. */
const maxTimeMs = 253_402_300_799_999;
