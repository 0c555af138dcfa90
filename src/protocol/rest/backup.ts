/** A backup file, sealed chunk by chunk as it is written and opened as it is read: a chunk or two in memory, whatever its size. */
import { concat, createWriter, decodeText } from '../bytes.ts';
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { label } from '../suite/label.ts';
import { sizes } from '../suite/suite.ts';
import type { Luck, Suite } from '../suite/suite.ts';
import { createCutter } from './cutter.ts';

export interface BackupSealer {
  /** Plain bytes, as many as are at hand; gives what can be written to the file. */
  add(plain: Uint8Array): Uint8Array;
  /** The end of the file. */
  end(): Uint8Array;
}

/** The secret may seal many backups: each has a salt, and so a key, of its own. */
export function createBackupSealer(suite: Suite, recoverySecret: Uint8Array, luck: Luck): BackupSealer {
  const head = createWriter().fixed(encoder.encode(magic)).u8(version).fixed(luck(saltBytes)).done();
  const key = keyOf(suite, recoverySecret, head);
  const cutter = createCutter(plainBytes);
  let count = 0;
  const seal = (chunk: Uint8Array, isLast: boolean): readonly Uint8Array[] => {
    const sealed = suite.seal(key, nonceOf(count, isLast), chunk, head);
    count += 1;
    return count === 1 ? [head, sealed] : [sealed];
  };
  return {
    add: (plain) => concat(cutter.add(plain).flatMap((chunk) => seal(chunk, false))),
    end: () => concat(seal(cutter.rest(), true)),
  };
}

export interface BackupOpener {
  /**
   * Bytes of the file, as many as are at hand; gives what they hold. R3: nothing of it counts before `end` is good, so keep it
   * aside, or read the file twice: once to see that it is whole, once to take it in.
   */
  add(piece: Uint8Array): Uint8Array | Refusal;
  end(): Uint8Array | Refusal;
}

/** Once refused, refused for good. */
export function createBackupOpener(suite: Suite, recoverySecret: Uint8Array): BackupOpener {
  const cutter = createCutter(plainBytes + sizes.sealTag);
  let head: Uint8Array = new Uint8Array(0);
  let key: Uint8Array | null = null;
  let count = 0;
  let failed: Refusal | null = null;
  const fail = (refusal: Refusal): Refusal => (failed = refusal);

  /** Gives what of the piece stands behind the head. */
  const readHead = (piece: Uint8Array): Uint8Array | Refusal => {
    const missing = headBytes - head.length;
    head = concat([head, piece.subarray(0, missing)]);
    if (head.length < headBytes) return new Uint8Array(0);
    if (decodeText(head.subarray(0, magic.length)) !== magic) return refuse('unknown-kind');
    if (head[magic.length] !== version) return refuse('unknown-version');
    key = keyOf(suite, recoverySecret, head);
    return piece.subarray(missing);
  };
  const open = (chunk: Uint8Array, isLast: boolean): Uint8Array | null => {
    const plain = key && suite.open(key, nonceOf(count, isLast), chunk, head);
    count += 1;
    // An empty chunk behind others says nothing: one file, one spelling.
    return plain?.length === 0 && count > 1 ? null : plain;
  };
  return {
    add: (piece) => {
      if (failed) return failed;
      const sealed = key === null ? readHead(piece) : piece;
      if ('refused' in sealed) return fail(sealed);
      const plain: Uint8Array[] = [];
      for (const chunk of cutter.add(sealed)) {
        const opened = open(chunk, false);
        if (opened === null) return fail(refuse('bad-seal'));
        plain.push(opened);
      }
      return concat(plain);
    },
    end: () => failed ?? (key === null ? refuse('truncated') : (open(cutter.rest(), true) ?? fail(refuse('bad-seal')))),
  };
}

const encoder = new TextEncoder();
const magic = 'WAVUBACK';
const version = 2;
const saltBytes = 16;
const headBytes = magic.length + 1 + saltBytes;
const plainBytes = 65_536;

const keyOf = (suite: Suite, recoverySecret: Uint8Array, head: Uint8Array): Uint8Array =>
  suite.kdf(head.subarray(headBytes - saltBytes), recoverySecret, label('backup'), sizes.sealKey);

const nonceOf = (chunk: number, isLast: boolean): Uint8Array =>
  createWriter()
    .u64(chunk)
    .u32(isLast ? 1 : 0)
    .done();
