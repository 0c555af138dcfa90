/** The one folder a relay keeps: who it is, and its Square. Damage is named, never papered over. */
import { createHash } from 'node:crypto';
import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { Clock } from '../src/ports/clock.ts';
import type { Entropy } from '../src/ports/entropy.ts';
import { codeOf } from './error-code.ts';
import { lockFolder } from './folder-lock.ts';
import type { FolderLock } from './folder-lock.ts';

export interface DataFolder {
  readonly path: string;
  /** Ed25519 seed, 32 bytes. */
  readonly identityKey: Uint8Array;
  /** 32 bytes; the Square's room secret, public by purpose. */
  readonly squareSecret: Uint8Array;
  /** True at the first start with this folder. */
  readonly isNew: boolean;
  /** Gives the lock back. */
  close(): void;
}

export type OpenedFolder =
  | { readonly state: 'open'; readonly folder: DataFolder }
  | { readonly state: 'refused'; readonly why: 'in-use' | 'damaged' | 'unwritable'; readonly lines: readonly string[] };

/** `onLost`: somebody took the folder from us while we ran. */
export function openDataFolder(folder: string, clock: Clock, entropy: Entropy, onLost: () => void): OpenedFolder {
  let lock: FolderLock | null = null;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const locked = lockFolder(folder, clock, onLost);
    if (locked.state === 'refused') return { state: 'refused', why: 'in-use', lines: locked.lines };
    lock = locked.lock;
    const identity = keep(folder, kept.identity, entropy);
    const square = keep(folder, kept.square, entropy);
    const damage = identity.damage ?? square.damage;
    if (damage !== null) {
      lock.release();
      return { state: 'refused', why: 'damaged', lines: damage };
    }
    const opened: DataFolder = {
      path: folder,
      identityKey: identity.bytes,
      squareSecret: square.bytes,
      isNew: identity.isNew,
      close: lock.release,
    };
    return { state: 'open', folder: opened };
  } catch (error) {
    lock?.release();
    const code = codeOf(error);
    if (code === null) throw error;
    const lines = [
      `The data folder cannot be used (${code}): ${folder}`,
      'Give this user the right to write there, or choose another with --data.',
    ];
    return { state: 'refused', why: 'unwritable', lines };
  }
}

interface Kept {
  readonly file: string;
  /** Stands first in the file; a new form is a new word. */
  readonly mark: string;
  readonly what: string;
  readonly withoutIt: string;
}

const kept: Readonly<Record<'identity' | 'square', Kept>> = {
  identity: {
    file: 'identity',
    mark: 'wavu-relay-identity-1',
    what: "the relay's identity",
    withoutIt: 'Without it this is another relay: invites and pages that name the old one do not find it.',
  },
  square: {
    file: 'square',
    mark: 'wavu-square-1',
    what: 'the key of the Square',
    withoutIt: 'Without it the Square begins anew and empty.',
  },
};

const secretBytes = 32;

interface Keepsake {
  readonly bytes: Uint8Array;
  readonly isNew: boolean;
  readonly damage: readonly string[] | null;
}

/** Reads the 32 bytes, or makes them once. */
function keep(folder: string, wanted: Kept, entropy: Entropy): Keepsake {
  const file = path.join(folder, wanted.file);
  const text = readIfThere(file);
  if (text === null) {
    const bytes = entropy.bytes(secretBytes);
    writeWhole(file, spell(wanted.mark, bytes));
    return { bytes, isNew: true, damage: null };
  }
  const hex = text.split(' ')[1] ?? '';
  const bytes = new Uint8Array(Buffer.from(hex, 'hex'));
  if (bytes.length !== secretBytes || spell(wanted.mark, bytes) !== text) {
    const damage = [
      `This file is damaged, or was written by another version: ${file}`,
      `It holds ${wanted.what}. Put it back from a backup; or move it away, and a new one is made.`,
      wanted.withoutIt,
    ];
    return { bytes, isNew: false, damage };
  }
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
  return { bytes, isNew: false, damage: null };
}

/** One line: what it is, the bytes, a check of both. */
function spell(mark: string, bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex');
  const check = createHash('sha256').update(`${mark} ${hex}`).digest('hex').slice(0, 16);
  return `${mark} ${hex} ${check}\n`;
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'latin1');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Whole or not at all, also through a power cut. We hold the folder's lock: nobody else writes this name. */
function writeWhole(file: string, text: string): void {
  const unfinished = `${file}.unfinished`;
  const at = openSync(unfinished, 'w', 0o600);
  try {
    writeSync(at, text);
    fsyncSync(at);
  } finally {
    closeSync(at);
  }
  renameSync(unfinished, file);
  if (process.platform === 'win32') return; // There a folder cannot be opened for a sync.
  const folder = openSync(path.dirname(file), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
