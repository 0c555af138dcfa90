/**
 * What somebody leaves at the directory for others who share a secret with them. Its key is the hash of a public key that only the
 * secret gives, a new one each day: so servers can check that it belongs there, and cannot tell whose it is or make one up.
 */
import { createReader, createWriter, isEqual } from '../bytes.ts';
import type { Writer } from '../bytes.ts';
import { limits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { isGoodSignature, isGoodSignKey } from '../suite/admission.ts';
import { label, labelled } from '../suite/label.ts';
import { sizes } from '../suite/suite.ts';
import type { Suite } from '../suite/suite.ts';
import type { Place } from './distance.ts';

export interface DirectoryRecord {
  /** Ed25519, of the shared secret. */
  readonly writer: Uint8Array;
  /** The higher takes the place of the lower. */
  readonly sequence: number;
  /** Hours since 1970; taken while now's hour is not above it. */
  readonly expiresHour: number;
  /** Sealed by whoever wrote it; nothing here reads it. */
  readonly value: Uint8Array;
  readonly signature: Uint8Array;
}

/** `slot`: of several who share the secret each writes at its own. */
export const writerSeed = (suite: Pick<Suite, 'kdf'>, secret: Uint8Array, day: number, slot: number): Uint8Array =>
  suite.kdf(createWriter().u32(day).u8(slot).done(), secret, label('directory writer'), sizes.signSecret);

export const keyOfWriter = (suite: Pick<Suite, 'hash'>, writer: Uint8Array): Place =>
  suite.hash(labelled('directory key', writer));

export function signRecord(
  suite: Pick<Suite, 'sign' | 'signPublic'>,
  seed: Uint8Array,
  said: Pick<DirectoryRecord, 'sequence' | 'expiresHour' | 'value'>,
): DirectoryRecord {
  const unsigned = { ...said, writer: suite.signPublic(seed) };
  return { ...unsigned, signature: suite.sign(seed, signedBytes(unsigned)) };
}

export const encodeRecord = (record: DirectoryRecord): Uint8Array =>
  writeFields(createWriter(), record).fixed(record.signature).done();

export function decodeRecord(bytes: Uint8Array): DirectoryRecord | Refusal {
  const read = createReader(bytes);
  if (read.u8() !== version) return refuse(bytes.length === 0 ? 'truncated' : 'unknown-version');
  const writer = read.fixed(sizes.signKey);
  const sequence = read.u40();
  const expiresHour = read.u32();
  const value = read.capped(limits.recordBytes);
  const signature = read.fixed(sizes.signature);
  if (!read.isDone()) return refuse('truncated');
  if (!isGoodSignKey(writer)) return refuse('bad-key');
  if (!isGoodSignature(signature)) return refuse('bad-signature');
  return { writer, sequence, expiresHour, value, signature };
}

/** Whether it belongs at this key, now. The signature, which costs most, comes last. */
export function checkRecord(
  suite: Pick<Suite, 'hash' | 'verify'>,
  record: DirectoryRecord,
  key: Place,
  nowHour: number,
): Refusal | null {
  if (!isEqual(keyOfWriter(suite, record.writer), key)) return refuse('bad-key');
  if (record.expiresHour < nowHour) return refuse('expired');
  if (record.expiresHour > nowHour + longestHours) return refuse('too-far-ahead');
  return suite.verify(record.writer, signedBytes(record), record.signature) ? null : refuse('bad-signature');
}

const version = 1;
/** A day, and an hour for clocks. */
const longestHours = 25;

const writeFields = (out: Writer, { writer, sequence, expiresHour, value }: Omit<DirectoryRecord, 'signature'>): Writer =>
  out.u8(version).fixed(writer).u40(sequence).u32(expiresHour).capped(value);

const signedBytes = (record: Omit<DirectoryRecord, 'signature'>): Uint8Array =>
  labelled('directory record', writeFields(createWriter(), record).done());
