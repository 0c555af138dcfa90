/**
 * A server of the directory: its name, where it is dialled, and a number that took it work to find. Its place is the hash of name
 * and number, and only few of those are places at all: so nobody can choose where it stands, nor stand in many, for nothing.
 */
import { createWriter } from '../bytes.ts';
import type { Reader, Writer } from '../bytes.ts';
import type { PeerId } from '../ids.ts';
import { limits } from '../limits.ts';
import { readPeer, writePeer } from '../meet-ids.ts';
import { labelled } from '../suite/label.ts';
import type { Suite } from '../suite/suite.ts';
import type { Place } from './distance.ts';

export interface Contact {
  readonly peer: PeerId;
  /** Multiaddr. */
  readonly address: string;
  /** 8 bytes. */
  readonly effort: Uint8Array;
}

/** What a place must have cost, of all who form one directory: four million hashes, a quarter of a minute of one core. */
export const placeBits = 22;

export type Hashing = Pick<Suite, 'hash'>;

export const placeOf = (suite: Hashing, { peer, effort }: Pick<Contact, 'peer' | 'effort'>): Place =>
  suite.hash(labelled('directory place', writePeer(createWriter(), peer).fixed(effort).done()));

/** So many first bits of the place's own hash are zero. Checking costs one hash, finding 2^bits of them. */
export function isCostly(suite: Hashing, place: Place, bits: number): boolean {
  const hash = suite.hash(labelled('directory cost', place));
  for (let at = 0; at < bits; at += 8) {
    const mask = bits - at >= 8 ? 0xff : 0xff << (8 - (bits - at));
    if ((hash[at / 8]! & mask) !== 0) return false;
  }
  return true;
}

/** Seeks the number, `tries` of them from `first` on; null: none of these is it. */
export function findEffort(suite: Hashing, peer: PeerId, bits: number, first: number, tries: number): Uint8Array | null {
  for (let at = first; at < first + tries; at += 1) {
    const effort = createWriter().u64(at).done();
    if (isCostly(suite, placeOf(suite, { peer, effort }), bits)) return effort;
  }
  return null;
}

export const writeContact = (out: Writer, { peer, address, effort }: Contact): Writer =>
  writePeer(out, peer).text(address).fixed(effort);

/** Null: a name or an address of an impossible shape. Whether it cost anything is for the reader to look. */
export function readContact(read: Reader): Contact | null {
  const peer = readPeer(read);
  const address = read.text(limits.relayHintBytes);
  const effort = read.fixed(8);
  return peer !== null && isAddress.test(address) ? { peer, address, effort } : null;
}

const isAddress = /^\/\S+$/;
