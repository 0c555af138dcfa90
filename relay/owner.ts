/** Who owns this relay's Square: the links that make an owner, each used once, and the owner's last word. */
import { bytesToHex, createReader, createWriter } from '../src/protocol/bytes.ts';
import type { PeerId, RoomId } from '../src/protocol/ids.ts';
import { isRefusal } from '../src/protocol/refusal.ts';
import { limits } from '../src/protocol/limits.ts';
import type { ClaimOutcome } from '../src/protocol/meet.ts';
import type { RefusalReason } from '../src/protocol/refusal.ts';
import { isClaimTrue, keyOfLink } from '../src/protocol/square/claim.ts';
import type { Claim } from '../src/protocol/square/claim.ts';
import { encodeOwnerLink, ownerSecretBytes } from '../src/protocol/square/owner-link.ts';
import { decodeOwnerWord, outlineOfWord } from '../src/protocol/square/word.ts';
import type { OwnerWord } from '../src/protocol/square/word.ts';
import type { Entropy } from '../src/ports/entropy.ts';

export interface Owner {
  /** Null: nobody owns it yet. */
  word(): { readonly bytes: Uint8Array; readonly said: OwnerWord } | null;
  /** What goes behind `#`. Of links that nobody opened only the newest works. */
  newLink(): string;
  /** Whoever opened a link says its first word; `yours` also to who did before, and did not hear so. */
  claim(claim: Claim): ClaimOutcome;
  /** A later word of the owner; null: taken. */
  take(word: Uint8Array): RefusalReason | null;
}

/** Where it lies between two starts. */
export interface OwnerShelf {
  readonly kept: OwnerRecord;
  keep(record: OwnerRecord): void;
}

export interface OwnerRecord {
  /** Keys, as hex: of the link that waits, and of those that were opened, the newest last. */
  readonly waiting: string | null;
  readonly used: readonly string[];
  readonly word: Uint8Array;
}

export const noOwner: OwnerRecord = { waiting: null, used: [], word: new Uint8Array(0) };

/** `relay`: who we are to pages; a claim made for another is none here. */
export function createOwner(room: RoomId, relay: PeerId, entropy: Entropy, shelf: OwnerShelf): Owner {
  let record = shelf.kept;
  const read = decodeOwnerWord(record.word, room);
  // Of another Square, whose key was lost: nobody owns this one.
  let word = isRefusal(read) ? null : { bytes: record.word, said: read };
  const keep = (next: OwnerRecord, said: OwnerWord | null): void => {
    shelf.keep(next);
    record = next;
    if (said !== null) word = { bytes: next.word, said };
  };

  // Q2: a number near the last there is would leave no room for the next owner's.
  const isLeap = (seq: number): boolean => seq - (word?.said.seq ?? 0) > limits.ownerLeap;

  return {
    word: () => word,
    newLink: () => {
      const secret = entropy.bytes(ownerSecretBytes);
      keep({ ...record, waiting: bytesToHex(keyOfLink(secret)) }, null);
      return encodeOwnerLink(secret);
    },
    claim: (claim) => {
      const [link, bytes] = [bytesToHex(claim.key), claim.word];
      const isUsed = record.used.includes(link);
      // Who names no link of ours costs no signature.
      if (!isUsed && record.waiting !== link) return 'unknown';
      if (bytes.length > limits.ownerWordBytes || !isClaimTrue(claim, relay)) return 'refused';
      const outline = outlineOfWord(bytes);
      const isOwner = 'owner' in outline && outline.owner === word?.said.owner;
      if (isUsed) return isOwner && record.used.at(-1) === link ? 'yours' : 'used';
      if ('seq' in outline && word !== null && outline.seq <= word.said.seq) return 'behind';
      const said = decodeOwnerWord(bytes, room);
      if (isRefusal(said) || isLeap(said.seq)) return 'refused';
      keep({ waiting: null, used: [...record.used, link].slice(-mostUsed), word: bytes }, said);
      return 'yours';
    },
    take: (bytes) => {
      const outline = outlineOfWord(bytes);
      if (isRefusal(outline)) return outline.refused;
      if (outline.owner !== word?.said.owner) return 'not-owner';
      // Q2: an older word is nobody's any more.
      if (outline.seq <= word.said.seq) return 'repeated';
      if (isLeap(outline.seq)) return 'too-far-ahead';
      const said = decodeOwnerWord(bytes, room);
      if (isRefusal(said)) return said.refused;
      keep({ ...record, word: bytes }, said);
      return null;
    },
  };
}

export function writeOwnerRecord({ waiting, used, word }: OwnerRecord): Uint8Array {
  const out = createWriter()
    .u8(version)
    .capped(Buffer.from(waiting ?? '', 'hex'))
    .u8(used.length);
  for (const each of used) out.fixed(Buffer.from(each, 'hex'));
  return out.fixed(word).done();
}

export function readOwnerRecord(bytes: Uint8Array): OwnerRecord | null {
  const read = createReader(bytes);
  const written = read.u8();
  const waiting = Buffer.from(read.capped(keyBytes)).toString('hex');
  const used = Array.from({ length: Math.min(read.u8(), mostUsed) }, () => Buffer.from(read.fixed(keyBytes)).toString('hex'));
  const word = read.rest();
  if ((written !== version && written !== hashVersion) || !read.isDone() || word.length > limits.ownerWordBytes) return null;
  // Of those links the hashes of their secrets were kept, and nobody shows a secret any more: who owns it stays so.
  if (written === hashVersion) return { ...noOwner, word };
  return { waiting: waiting === '' ? null : waiting, used, word };
}

const version = 2;
const hashVersion = 1;
const keyBytes = 32;
const mostUsed = 16;
