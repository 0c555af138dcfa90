/** The one folder a relay keeps: who it is, its Square and whose that is, its certificates. Damage is named, never papered over. */
import { createHash } from 'node:crypto';
import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { Clock } from '../src/ports/clock.ts';
import type { Entropy } from '../src/ports/entropy.ts';
import { limits } from '../src/protocol/limits.ts';
import { makeDirectCertificate, readDirectCertificate } from './direct-certificate.ts';
import type { DirectCertificate } from './direct-certificate.ts';
import type { AccessShelf } from './access.ts';
import type { EffortShelf } from './directory-place.ts';
import { codeOf } from './error-code.ts';
import { lockFolder } from './folder-lock.ts';
import type { FolderLock } from './folder-lock.ts';
import { makeAuthority, readAuthority } from './lan-authority.ts';
import type { Authority } from './lan-authority.ts';
import { noOwner, readOwnerRecord, writeOwnerRecord } from './owner.ts';
import type { OwnerShelf } from './owner.ts';

export interface DataFolder {
  readonly path: string;
  /** Ed25519 seed, 32 bytes. */
  readonly identityKey: Uint8Array;
  /** 32 bytes; the Square's room secret, public by purpose. */
  readonly squareSecret: Uint8Array;
  /** Whose the Square is. */
  readonly owner: OwnerShelf;
  /** Who may come in, where it is for members. */
  readonly access: AccessShelf;
  /** True where no owner's link that can still be opened was ever made with this folder. */
  readonly isUnowned: boolean;
  /** What the second door shows: its hash is part of the address. */
  readonly directCertificate: DirectCertificate;
  /** What devices of this house may trust. */
  readonly authority: Authority;
  /** The authority's latest certificate, unread; null: none, or damaged. Another is soon made. */
  readonly keptLeaf: Uint8Array | null;
  /** The system's code where it cannot be written. */
  keepLeaf(bytes: Uint8Array): string | null;
  /** The number of this relay's place in the directory. */
  readonly effort: EffortShelf;
  /** True at the first start with this folder. */
  readonly isNew: boolean;
  /** Gives the lock back. */
  close(): void;
}

export type OpenedFolder =
  | { readonly state: 'open'; readonly folder: DataFolder }
  | { readonly state: 'refused'; readonly why: 'in-use' | 'damaged' | 'unwritable'; readonly lines: readonly string[] };

export interface FolderWorld {
  readonly clock: Clock;
  readonly entropy: Entropy;
  /** What the machines of this house call this one, for an authority that is made. */
  readonly localName: string | null;
}

/** `onLost`: somebody took the folder from us while we ran. */
export function openDataFolder(folder: string, { clock, entropy, localName }: FolderWorld, onLost: () => void): OpenedFolder {
  let lock: FolderLock | null = null;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const locked = lockFolder(folder, clock, onLost);
    if (locked.state === 'refused') return { state: 'refused', why: 'in-use', lines: locked.lines };
    lock = locked.lock;
    const secret = (): Uint8Array => entropy.bytes(secretBytes);
    const identity = keep(folder, kept.identity, readSecret, secret);
    const square = keep(folder, kept.square, readSecret, secret);
    const owner = keep(folder, kept.owner, readOwnerRecord, () => writeOwnerRecord(noOwner));
    const access = keep(folder, kept.access, readWord, () => new Uint8Array(0));
    const certificate = (): Uint8Array => makeDirectCertificate(clock.nowMs());
    let direct = keep(folder, kept.direct, readDirectCertificate, certificate);
    if (direct.value !== null && direct.value.validUntilMs - clock.nowMs() < renewBeforeMs) {
      write(folder, kept.direct, certificate());
      direct = keep(folder, kept.direct, readDirectCertificate, certificate);
    }
    const newAuthority = (): Uint8Array => makeAuthority(clock.nowMs(), entropy, localName);
    let authority = keep(folder, kept.authority, readAuthority, newAuthority);
    if (authority.value !== null && authority.value.validUntilMs - clock.nowMs() < renewBeforeMs) {
      write(folder, kept.authority, newAuthority());
      authority = keep(folder, kept.authority, readAuthority, newAuthority);
    }
    const all = [identity, square, owner, access, direct, authority];
    if (
      identity.value === null ||
      square.value === null ||
      owner.value === null ||
      access.value === null ||
      direct.value === null ||
      authority.value === null
    ) {
      lock.release();
      return { state: 'refused', why: 'damaged', lines: all.flatMap(({ damage }) => damage) };
    }
    const opened: DataFolder = {
      path: folder,
      identityKey: identity.value,
      squareSecret: square.value,
      owner: { kept: owner.value, keep: (record) => write(folder, kept.owner, writeOwnerRecord(record)) },
      access: { kept: access.value, keep: (word) => write(folder, kept.access, word) },
      isUnowned: owner.value.waiting === null && owner.value.used.length === 0 && owner.value.word.length === 0,
      directCertificate: direct.value,
      authority: authority.value,
      keptLeaf: readIfKept(folder, leafKept),
      keepLeaf: (bytes) => tryToWrite(folder, leafKept, bytes),
      effort: { kept: readIfKept(folder, effortKept), keep: (effort) => tryToWrite(folder, effortKept, effort) },
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

interface Marked {
  readonly file: string;
  /** Stands first in the file; a new form is a new word. */
  readonly mark: string;
}

interface Kept extends Marked {
  readonly what: string;
  readonly withoutIt: string;
}

const kept: Readonly<Record<'identity' | 'square' | 'owner' | 'access' | 'direct' | 'authority', Kept>> = {
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
  owner: {
    file: 'owner',
    mark: 'wavu-owner-1',
    what: "whose the Square is, and the owner's last word",
    withoutIt: 'Without it nobody owns the Square; whoever opens a new owner link does.',
  },
  access: {
    file: 'access',
    mark: 'wavu-access-1',
    what: "the owner's last word on who may come in",
    withoutIt: 'Without it a relay for members lets in its owner alone, until the owner has come by.',
  },
  direct: {
    file: 'webrtc-direct',
    mark: 'wavu-webrtc-direct-1',
    what: 'the certificate of the second door (webrtc-direct)',
    withoutIt: 'Without it that door has a new address, and those who know the old one come by WebSocket alone.',
  },
  authority: {
    file: 'authority',
    mark: 'wavu-authority-1',
    what: "this relay's own certificate authority",
    withoutIt: 'Without it those who trusted the old one are warned again, and have to trust the new one.',
  },
};

/** Of these two a damaged one is no loss: another is made. */
const leafKept: Marked = { file: 'lan-certificate', mark: 'wavu-lan-certificate-1' };
const effortKept: Marked = { file: 'directory', mark: 'wavu-directory-1' };

const secretBytes = 32;
const readSecret = (bytes: Uint8Array): Uint8Array | null => (bytes.length === secretBytes ? bytes : null);
const readWord = (bytes: Uint8Array): Uint8Array | null => (bytes.length <= limits.accessWordBytes ? bytes : null);
/** An old address goes with the old certificate, so this is rare: in its last year, at a start. */
const renewBeforeMs = 365 * 86_400_000;

interface Keepsake<Value> {
  /** Null: damaged. */
  readonly value: Value | null;
  readonly isNew: boolean;
  readonly damage: readonly string[];
}

/** Reads the bytes, or makes them once. */
function keep<Value>(
  folder: string,
  wanted: Kept,
  read: (bytes: Uint8Array) => Value | null,
  make: () => Uint8Array,
): Keepsake<Value> {
  const file = path.join(folder, wanted.file);
  const text = readIfThere(file);
  if (text === null) {
    const bytes = make();
    write(folder, wanted, bytes);
    return { value: read(bytes), isNew: true, damage: [] };
  }
  const value = readMarked(text, wanted.mark, read);
  if (value === null) {
    const damage = [
      `This file is damaged, or was written by another version: ${file}`,
      `It holds ${wanted.what}. Put it back from a backup; or move it away, and a new one is made.`,
      wanted.withoutIt,
    ];
    return { value, isNew: false, damage };
  }
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
  return { value, isNew: false, damage: [] };
}

function readIfKept(folder: string, { file, mark }: Marked): Uint8Array | null {
  const text = readIfThere(path.join(folder, file));
  return text === null ? null : readMarked(text, mark, (bytes) => bytes);
}

function tryToWrite(folder: string, wanted: Marked, bytes: Uint8Array): string | null {
  try {
    write(folder, wanted, bytes);
    return null;
  } catch (error) {
    return codeOf(error) ?? 'unknown';
  }
}

function readMarked<Value>(text: string, mark: string, read: (bytes: Uint8Array) => Value | null): Value | null {
  const bytes = new Uint8Array(Buffer.from(text.split(' ')[1] ?? '', 'hex'));
  return spell(mark, bytes) === text ? read(bytes) : null;
}

const write = (folder: string, wanted: Marked, bytes: Uint8Array): void =>
  writeWhole(path.join(folder, wanted.file), spell(wanted.mark, bytes));

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
