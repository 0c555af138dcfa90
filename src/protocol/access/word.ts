/** The owner's word on who may come in at a relay for members: all of them, signed, and higher in number than the one before. */
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { concat, createReader, createWriter } from '../bytes.ts';
import { isSigned, sign, signatureBytes } from '../device.ts';
import type { DeviceKey } from '../device.ts';
import { parseDeviceId } from '../ids.ts';
import type { DeviceId, PeerId } from '../ids.ts';
import { limits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';

export interface AccessWord {
  readonly owner: DeviceId;
  /** A1: a word holds until one with a higher number. */
  readonly seq: number;
  readonly untilHour: number;
  /** Devices, and public halves of invites: whoever proves one of these keys. */
  readonly keys: readonly string[];
}

export function encodeAccessWord(word: AccessWord, relay: PeerId, key: DeviceKey): Uint8Array {
  const out = createWriter().u8(version).fixed(hexToBytes(word.owner)).varint(word.seq).u32(word.untilHour).u16(word.keys.length);
  for (const each of word.keys) out.fixed(hexToBytes(each));
  const body = out.done();
  return concat([body, sign(key, signedBytes(relay, body))]);
}

/** Whose it says to be, and its number: enough to know that it is nothing new, without the price of a signature. */
export function outlineOfAccess(bytes: Uint8Array): Pick<AccessWord, 'owner' | 'seq'> | Refusal {
  if (bytes.length > limits.accessWordBytes) return refuse('too-big');
  const read = createReader(bytes);
  if (read.u8() !== version) return refuse(bytes.length === 0 ? 'truncated' : 'unknown-version');
  const owner = parseDeviceId(bytesToHex(read.fixed(keyBytes)));
  const seq = read.varint();
  return owner === null || !read.isGood() ? refuse('truncated') : { owner, seq };
}

export function decodeAccessWord(bytes: Uint8Array, relay: PeerId): AccessWord | Refusal {
  const outline = outlineOfAccess(bytes);
  if ('refused' in outline) return outline;
  if (bytes.length <= signatureBytes) return refuse('truncated');
  const body = bytes.subarray(0, bytes.length - signatureBytes);
  const read = createReader(body);
  read.fixed(1 + keyBytes);
  read.varint();
  const untilHour = read.u32();
  const count = read.u16();
  if (count > limits.accessKeys) return refuse('too-many');
  const keys = Array.from({ length: count }, () => bytesToHex(read.fixed(keyBytes)));
  if (!read.isDone()) return refuse('truncated');
  const isTrue = isSigned(outline.owner, signedBytes(relay, body), bytes.subarray(body.length));
  return isTrue ? { ...outline, untilHour, keys } : refuse('bad-signature');
}

const version = 1;
const keyBytes = 32;

const signedBytes = (relay: PeerId, body: Uint8Array): Uint8Array =>
  concat([utf8ToBytes('wavu/1 access word'), createWriter().capped(utf8ToBytes(relay)).done(), body]);
