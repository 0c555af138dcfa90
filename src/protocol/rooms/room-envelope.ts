/** Turns what is said in a room into bytes that only its members read; signed inside, found by a tag of the sender's chain. */
import { bytesToHex } from '@noble/hashes/utils.js';
import { concat } from '../bytes.ts';
import type { RoomId } from '../ids.ts';
import { isRefusal, refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { sealKeyOf } from '../suite/chain.ts';
import { sizes } from '../suite/suite.ts';
import type { Suite } from '../suite/suite.ts';
import { bucketByte, bucketFor, bucketOf, pad, unpad } from '../wire/bucket.ts';
import { tagAt, tagKeyOf } from './epoch.ts';
import type { ReceivingChain } from './receiving-chain.ts';
import { takeSeed } from './receiving-chain.ts';
import { epochIn, takeNumber, withChains } from './keyring.ts';
import type { Keyring } from './keyring.ts';
import { checkSigned, signContent, slotBytes } from './signed.ts';
import type { Signed, Slot } from './signed.ts';
import type { OperationAuthor } from './operation.ts';

export interface Sealed {
  readonly keyring: Keyring;
  readonly envelope: Uint8Array;
  /** As it is to be kept, and moved by sync. */
  readonly signed: Signed;
  /** K10: the keyring is to be stored for good before the envelope goes out. */
  readonly mustCommit: boolean;
}

/** This device has a chain in the epoch. */
export function sealIn(
  suite: Suite,
  keyring: Keyring,
  room: RoomId,
  epochId: Slot['epochId'],
  me: OperationAuthor,
  content: Uint8Array,
): Sealed | Refusal {
  const bucket = bucketFor(content.length + sizes.signature, around);
  if (isRefusal(bucket)) return bucket;
  const epoch = epochIn(keyring, epochId);
  if (epoch === null) return refuse('no-epoch');
  const taken = takeNumber(suite, keyring, epochId);
  const slot: Slot = { epochId, device: me.id, n: taken.n };
  const signature = signContent(suite, me.signSecret, room, slot, content);
  const tag = tagAt(suite, tagKeyOf(suite, epoch.tags, me.id), taken.n);
  const front = concat([Uint8Array.of(bucketByte(bucket)), tag]);
  const { key, nonce } = sealKeyOf(suite, taken.seed);
  const padded = pad(concat([content, signature]), bucket.bytes - around);
  const envelope = concat([front, suite.seal(key, nonce, padded, concat([slotBytes(room, slot), front]))]);
  return { keyring: taken.keyring, envelope, signed: { ...slot, signature, entry: content }, mustCommit: taken.mustCommit };
}

export interface Opened {
  readonly keyring: Keyring;
  /** `entry` is whatever was said; passing content too. */
  readonly signed: Signed;
}

/** `slot` is what the envelope's tag stands for. A forgery by another member, who knows the key, uses nothing up. */
export function openIn(
  suite: Suite,
  keyring: Keyring,
  room: RoomId,
  slot: Slot,
  envelope: Uint8Array,
  nowMs: number,
): Opened | Refusal {
  const bucket = bucketOf(envelope);
  if (isRefusal(bucket)) return bucket;
  const epoch = epochIn(keyring, slot.epochId);
  if (epoch === null) return refuse('bad-epoch');
  const candidates = epoch.chains.filter((chain) => chain.device === slot.device);
  let why = refuse('unknown-tag');
  for (const chain of candidates) {
    const opened = openWith(suite, chain, room, slot, envelope, nowMs);
    if (isRefusal(opened)) {
      why = opened;
      continue;
    }
    // The others of this device were wrong.
    const after = withChains(keyring, { ...epoch, used: epoch.used + 1 }, slot.device, [opened.chain]);
    return { keyring: after, signed: opened.signed };
  }
  return why;
}

/** What a table of tags is asked by. */
export const tagTextOf = (envelope: Uint8Array): string => bytesToHex(envelope.subarray(1, front));

const front = 9;
const around = front + sizes.sealTag;

function openWith(
  suite: Suite,
  chain: ReceivingChain,
  room: RoomId,
  slot: Slot,
  envelope: Uint8Array,
  nowMs: number,
): { readonly chain: ReceivingChain; readonly signed: Signed } | Refusal {
  const { epochId, device, n } = slot;
  const taken = takeSeed(suite, chain, n, nowMs);
  if (isRefusal(taken)) return taken;
  const { key, nonce } = sealKeyOf(suite, taken.seed);
  const bound = concat([slotBytes(room, slot), envelope.subarray(0, front)]);
  const padded = suite.open(key, nonce, envelope.subarray(front), bound);
  if (padded === null) return refuse('bad-seal');
  const content = unpad(padded);
  if (isRefusal(content)) return content;
  if (content.length <= sizes.signature) return refuse('truncated');
  const entry = content.slice(0, -sizes.signature);
  const signed = checkSigned(suite, room, { epochId, device, n, entry, signature: content.slice(-sizes.signature) });
  return isRefusal(signed) ? signed : { chain: { ...taken.after, isProven: true }, signed };
}
