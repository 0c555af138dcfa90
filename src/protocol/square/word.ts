/** The owner's word about a Square: all that holds there by now, signed, and higher in number than the one before. */
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { concat, createReader, createWriter } from '../bytes.ts';
import type { Reader } from '../bytes.ts';
import { isSigned, sign, signatureBytes } from '../device.ts';
import type { DeviceKey } from '../device.ts';
import { parseDeviceId } from '../ids.ts';
import type { DeviceId, RoomId } from '../ids.ts';
import { limits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';

export interface OwnerWord {
  readonly owner: DeviceId;
  /** What the owner is called. */
  readonly name: string;
  /** Q2: a word holds until one with a higher number. */
  readonly seq: number;
  readonly atMs: number;
  /** What this word changed, and whom, if anybody. */
  readonly did: OwnerDeed;
  readonly about: string;
  /** Since when nobody but the owner is heard; null: open. */
  readonly closedMs: number | null;
  /** Everything dated up to here is gone; 0: nothing. */
  readonly clearedMs: number;
  /** A message as its author signed it. */
  readonly pinned: Uint8Array | null;
  readonly expelled: readonly Expelled[];
}

export interface Expelled {
  readonly device: DeviceId;
  readonly name: string;
}

export type OwnerDeed = (typeof deeds)[number];

export function encodeOwnerWord(word: OwnerWord, room: RoomId, key: DeviceKey): Uint8Array {
  const out = createWriter().u8(version).fixed(hexToBytes(word.owner)).varint(word.seq).varint(word.atMs).text(word.name);
  out.u8(deeds.indexOf(word.did) + 1).text(word.about);
  out
    .varint(word.closedMs ?? 0)
    .varint(word.clearedMs)
    .capped(word.pinned ?? new Uint8Array(0))
    .u8(word.expelled.length);
  for (const { device, name } of word.expelled) out.fixed(hexToBytes(device)).text(name);
  const body = out.done();
  return concat([body, sign(key, signedBytes(room, body))]);
}

/** Whose it says to be, and its number: enough to know that it is nothing new, without the price of a signature. */
export function outlineOfWord(bytes: Uint8Array): Pick<OwnerWord, 'owner' | 'seq'> | Refusal {
  if (bytes.length > limits.ownerWordBytes) return refuse('too-big');
  const read = createReader(bytes);
  if (read.u8() !== version) return refuse(bytes.length === 0 ? 'truncated' : 'unknown-version');
  const owner = parseDeviceId(bytesToHex(read.fixed(32)));
  const seq = read.varint();
  return owner === null || !read.isGood() ? refuse('truncated') : { owner, seq };
}

export function decodeOwnerWord(bytes: Uint8Array, room: RoomId): OwnerWord | Refusal {
  const outline = outlineOfWord(bytes);
  if ('refused' in outline) return outline;
  if (bytes.length <= signatureBytes) return refuse('truncated');
  const body = bytes.subarray(0, bytes.length - signatureBytes);
  const word = readBody(createReader(body));
  if ('refused' in word) return word;
  const isTrue = isSigned(word.owner, signedBytes(room, body), bytes.subarray(bytes.length - signatureBytes));
  return isTrue ? word : refuse('bad-signature');
}

const version = 1;
const deeds = ['began', 'pinned', 'unpinned', 'cleared', 'closed', 'reopened', 'expelled', 'let-in'] as const;

const signedBytes = (room: RoomId, body: Uint8Array): Uint8Array =>
  concat([utf8ToBytes('wavu/1 square word'), hexToBytes(room), body]);

function readBody(read: Reader): OwnerWord | Refusal {
  read.u8();
  const owner = parseDeviceId(bytesToHex(read.fixed(32)));
  const [seq, atMs] = [read.varint(), read.varint()];
  const name = read.text(limits.nameBytes);
  const did = deeds[read.u8() - 1];
  const about = read.text(limits.nameBytes);
  const [closedMs, clearedMs] = [read.varint(), read.varint()];
  const pinned = read.capped(limits.pinnedBytes);
  const count = read.u8();
  if (count > limits.expelled) return refuse('too-many');
  const expelled = Array.from({ length: count }, () => ({
    device: parseDeviceId(bytesToHex(read.fixed(32))),
    name: read.text(limits.nameBytes),
  })).flatMap(({ device, name: called }) => (device === null ? [] : { device, name: called }));
  if (!read.isDone() || owner === null) return refuse('truncated');
  if (did === undefined) return refuse('unknown-kind');
  return {
    owner,
    name,
    seq,
    atMs,
    did,
    about,
    closedMs: closedMs === 0 ? null : closedMs,
    clearedMs,
    pinned: pinned.length === 0 ? null : pinned,
    expelled,
  };
}
