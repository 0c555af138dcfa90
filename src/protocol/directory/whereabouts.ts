/**
 * Where somebody of a room is met: relays, sealed for those who share a secret of the room, as a record of the directory. Several
 * who share it write at one of few slots each; of those at one slot the last says it.
 */
import { createReader, createWriter } from '../bytes.ts';
import { hourOf } from '../hour.ts';
import { limits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { label } from '../suite/label.ts';
import { sizes } from '../suite/suite.ts';
import type { Luck, Suite } from '../suite/suite.ts';
import type { Place } from './distance.ts';
import { checkRecord, keyOfWriter, signRecord, writerSeed } from './record.ts';
import type { DirectoryRecord } from './record.ts';

/** Of a room, on one day. */
export interface WhereaboutsSlot {
  readonly secret: Uint8Array;
  readonly day: number;
  /** Below `whereaboutsSlots`. */
  readonly slot: number;
}

export const whereaboutsSlots = 4;

export const keyOfWhereabouts = (suite: Pick<Suite, 'kdf' | 'hash' | 'signPublic'>, at: WhereaboutsSlot): Place =>
  keyOfWriter(suite, suite.signPublic(seedOf(suite, at)));

/** A day and no longer: then it is another key. */
export function sealWhereabouts(
  suite: Pick<Suite, 'kdf' | 'seal' | 'sign' | 'signPublic'>,
  at: WhereaboutsSlot,
  relays: readonly string[],
  nowMs: number,
  luck: Luck,
): DirectoryRecord {
  const plain = encodeRelays(relays);
  const nonce = luck(sizes.nonce);
  return signRecord(suite, seedOf(suite, at), {
    sequence: Math.floor(nowMs / 1_000),
    expiresHour: hourOf(nowMs) + 24,
    value: createWriter()
      .u8(version)
      .fixed(nonce)
      .fixed(suite.seal(keyOf(suite, at), nonce, plain, label('whereabouts')))
      .done(),
  });
}

/** What a relay says was found is looked at from the beginning: whose it is, whether it still holds, what it says. */
export function openWhereabouts(
  suite: Pick<Suite, 'kdf' | 'hash' | 'open' | 'verify' | 'signPublic'>,
  at: WhereaboutsSlot,
  record: DirectoryRecord,
  nowMs: number,
): readonly string[] | Refusal {
  const wrong = checkRecord(suite, record, keyOfWhereabouts(suite, at), hourOf(nowMs));
  if (wrong !== null) return wrong;
  const outside = createReader(record.value);
  if (outside.u8() !== version) return refuse('unknown-version');
  const nonce = outside.fixed(sizes.nonce);
  const sealed = outside.rest();
  if (!outside.isGood()) return refuse('truncated');
  const plain = suite.open(keyOf(suite, at), nonce, sealed, label('whereabouts'));
  if (plain === null) return refuse('bad-seal');
  return decodeRelays(plain);
}

/** How many there are and how long they are is nobody's business. */
export function encodeRelays(relays: readonly string[]): Uint8Array {
  const said = relays.slice(0, limits.whereaboutsRelays);
  const out = createWriter().u8(said.length);
  for (const relay of said) out.text(relay);
  const plain = new Uint8Array(plainBytes);
  plain.set(out.done());
  return plain;
}

export function decodeRelays(plain: Uint8Array): readonly string[] | Refusal {
  if (plain.length !== plainBytes) return refuse('bad-bucket');
  const read = createReader(plain);
  const count = read.u8();
  if (count > limits.whereaboutsRelays) return refuse('too-many');
  const relays = Array.from({ length: count }, () => read.text(limits.relayHintBytes));
  if (!read.isGood()) return refuse('truncated');
  if (read.rest().some((byte) => byte !== 0)) return refuse('bad-padding');
  return relays.every((relay) => isAddress.test(relay)) ? relays : refuse('bad-text');
}

const version = 1;
/** The longest two. */
const plainBytes = 1 + limits.whereaboutsRelays * (2 + limits.relayHintBytes);
const isAddress = /^\/[\x21-\x7e]+$/;

const seedOf = (suite: Pick<Suite, 'kdf'>, { secret, day, slot }: WhereaboutsSlot): Uint8Array =>
  writerSeed(suite, secret, day, slot);

const keyOf = (suite: Pick<Suite, 'kdf'>, { secret, day, slot }: WhereaboutsSlot): Uint8Array =>
  suite.kdf(createWriter().u32(day).u8(slot).done(), secret, label('directory seal'), sizes.sealKey);
