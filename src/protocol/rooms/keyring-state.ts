/** A keyring as it is stored: sealed at rest by others, and in no backup (R2). */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { createReader, createWriter } from '../bytes.ts';
import type { Reader, Writer } from '../bytes.ts';
import type { DeviceId, OperationId } from '../ids.ts';
import { limits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import type { Brought, CastKey, EpochKeys, HeadSeed, Keyring, WaitingSeed } from './keyring.ts';
import { mostBrought } from './keyring.ts';
import type { ReceivingChain, SkippedSeed } from './receiving-chain.ts';

export function encodeKeyring(keyring: Keyring): Uint8Array {
  const out = createWriter().u8(version);
  writeMany(out, keyring.epochs, writeEpoch);
  writeMany(out, keyring.erased, (id) => out.fixed(hexToBytes(id)));
  writeMany(out, keyring.casts, (cast) => writeTime(out.fixed(hexToBytes(cast.epoch)).fixed(cast.secret), cast.untilMs));
  writeMany(out, keyring.headSeeds, (head) =>
    out.fixed(hexToBytes(head.operation)).fixed(hexToBytes(head.device)).fixed(head.seed).varint(head.untilMs),
  );
  writeMany(out, keyring.waiting, (one) => out.fixed(hexToBytes(one.operation)).fixed(one.seed).varint(one.untilMs));
  writeMany(out, keyring.brought, (one) => out.fixed(hexToBytes(one.epoch)).fixed(hexToBytes(one.device)).u32(one.n));
  return out.done();
}

export function decodeKeyring(bytes: Uint8Array): Keyring | Refusal {
  const read = createReader(bytes);
  if (read.u8() !== version) return refuse(read.isGood() ? 'unknown-version' : 'truncated');
  const epochs = readMany(read, limits.operationsPerRoom, readEpoch);
  const erased = readMany(read, limits.operationsPerRoom, (from) => readId(from));
  const casts = readMany(read, limits.operationsPerRoom, (from): CastKey => ({
    epoch: readId(from),
    secret: from.fixed(32),
    untilMs: readTime(from),
  }));
  const headSeeds = readMany(read, limits.devicesPerRoom, (from): HeadSeed => ({
    operation: readId(from),
    device: readDevice(from),
    seed: from.fixed(32),
    untilMs: from.varint(),
  }));
  const waiting = readMany(read, limits.waitingOperations, (from): WaitingSeed => ({
    operation: readId(from),
    seed: from.fixed(32),
    untilMs: from.varint(),
  }));
  const brought = readMany(read, mostBrought, readBrought);
  return read.isDone() ? { epochs, erased, casts, headSeeds, waiting, brought } : refuse('truncated');
}

const version = 2;

const readBrought = (read: Reader): Brought => ({ epoch: readId(read), device: readDevice(read), n: read.u32() });

function writeEpoch(epoch: EpochKeys, out: Writer): void {
  out
    .fixed(hexToBytes(epoch.id))
    .fixed(epoch.tags)
    .u8(epoch.isSure ? 1 : 0);
  if (epoch.own === null) out.u8(0);
  else out.u8(1).fixed(epoch.own.chain).varint(epoch.own.n).varint(epoch.own.leased);
  writeTime(out.varint(epoch.sinceMs).varint(epoch.used), epoch.closesMs);
  writeMany(out, epoch.chains, writeChain);
}

function readEpoch(read: Reader): EpochKeys {
  const id = readId(read);
  const tags = read.fixed(32);
  const isSure = readUpTo(read, 1) === 1;
  const own = readUpTo(read, 1) === 0 ? null : { chain: read.fixed(32), n: read.varint(), leased: read.varint() };
  const sinceMs = read.varint();
  const used = read.varint();
  const closesMs = readTime(read);
  return { id, tags, isSure, own, sinceMs, used, closesMs, chains: readMany(read, 3 * limits.devicesPerRoom, readChain) };
}

function writeChain(chain: ReceivingChain, out: Writer): void {
  out
    .fixed(hexToBytes(chain.device))
    .fixed(chain.chain)
    .varint(chain.n)
    .varint(chain.told)
    .u8(chain.isProven ? 1 : 0);
  if (chain.origin === 'seed' || chain.origin === 'heads') out.u8(chain.origin === 'seed' ? 0 : 1);
  else out.u8(2).fixed(hexToBytes(chain.origin));
  writeMany(out, chain.skipped, (one) => out.varint(one.n).fixed(one.seed).varint(one.untilMs));
}

function readChain(read: Reader): ReceivingChain {
  const device = readDevice(read);
  const chain = read.fixed(32);
  const n = read.varint();
  const told = read.varint();
  const isProven = readUpTo(read, 1) === 1;
  const kind = readUpTo(read, 2);
  const origin = kind === 0 ? 'seed' : kind === 1 ? 'heads' : readId(read);
  const skipped = readMany(read, limits.skippedSeedsPerChain, (from): SkippedSeed => ({
    n: from.varint(),
    seed: from.fixed(32),
    untilMs: from.varint(),
  }));
  return { device, chain, n, told, isProven, origin, skipped };
}

const readId = (read: Reader): OperationId => bytesToHex(read.fixed(32)) as OperationId;
const readDevice = (read: Reader): DeviceId => bytesToHex(read.fixed(32)) as DeviceId;

/** 0 stands for none: nothing of ours ends in 1970. */
const writeTime = (out: Writer, ms: number | null): Writer => out.varint(ms ?? 0);
const readTime = (read: Reader): number | null => read.varint() || null;

function writeMany<Item>(out: Writer, items: readonly Item[], write: (item: Item, out: Writer) => void): void {
  out.varint(items.length);
  for (const item of items) write(item, out);
}

function readMany<Item>(read: Reader, most: number, readOne: (read: Reader) => Item): Item[] {
  const count = read.varint();
  const items: Item[] = [];
  // What is missing makes the reader bad, and it stays so.
  for (let at = 0; at < Math.min(count, most) && read.isGood(); at += 1) items.push(readOne(read));
  if (count > most) spoil(read);
  return items;
}

function readUpTo(read: Reader, most: number): number {
  const value = read.u8();
  if (value > most) spoil(read);
  return value;
}

/** Asked for more than there can be, a reader goes bad. */
const spoil = (read: Reader): void => void read.fixed(Number.MAX_SAFE_INTEGER);
