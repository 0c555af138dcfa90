/** Who has what of mine, and who has read it. It only grows: a receipt never takes back (M9). */
import { createReader, createWriter } from '../bytes.ts';
import { hexToBytes, bytesToHex } from '@noble/hashes/utils.js';
import { shortOf } from '../ids.ts';
import type { DeviceId, Short } from '../ids.ts';
import { limits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { encodeRuns, hasNumber, readRuns, withNumber, withRun } from '../runs.ts';
import type { Runs } from '../runs.ts';
import type { Passing, ReceiptState } from './passing.ts';

/** Of one conversation, by device. */
export type Receipts = Readonly<Record<DeviceId, Had>>;

/** My entries by seq; what is read is stored. */
export interface Had {
  readonly stored: Runs;
  readonly read: Runs;
}

/** My own entries, so that others' words for them can be understood. */
export interface Mine {
  readonly device: DeviceId;
  /** The seq of mine whose id begins so; the lower id's where two do. Null: none. */
  seqOf(message: Short): number | null;
  readonly lastSeq: number;
}

export type Receipt = Extract<Passing, { kind: 'receipt' | 'clocks' }>;

export function withReceipt(receipts: Receipts, from: DeviceId, receipt: Receipt, mine: Mine): Receipts {
  let numbers: Runs = [];
  if (receipt.kind === 'clocks') {
    for (const { device, seq } of receipt.clocks) {
      // What I never said nobody can have.
      if (device === shortOf(mine.device)) numbers = withRun(numbers, { from: 1, to: Math.min(seq, mine.lastSeq) });
    }
  } else {
    for (const message of receipt.messages) {
      const seq = mine.seqOf(message);
      if (seq !== null) numbers = withNumber(numbers, seq);
    }
  }
  return withNumbers(receipts, from, receipt.state, numbers);
}

/** An entry of another device that names mine: that device has those. */
export function withNaming(receipts: Receipts, from: DeviceId, parents: readonly Short[], mine: Mine): Receipts {
  return withReceipt(receipts, from, { kind: 'receipt', state: 'stored', messages: parents }, mine);
}

export function receiptOf(receipts: Receipts, device: DeviceId, seq: number): ReceiptState | null {
  const had = receipts[device];
  if (had === undefined) return null;
  if (hasNumber(had.read, seq)) return 'read';
  return hasNumber(had.stored, seq) ? 'stored' : null;
}

export function encodeReceipts(receipts: Receipts): Uint8Array {
  const devices = (Object.keys(receipts) as DeviceId[]).toSorted();
  const out = createWriter().u8(version).varint(devices.length);
  for (const device of devices) {
    const { stored, read } = receipts[device]!;
    out.fixed(hexToBytes(device)).fixed(encodeRuns(stored)).fixed(encodeRuns(read));
  }
  return out.done();
}

export function decodeReceipts(bytes: Uint8Array): Receipts | Refusal {
  const reader = createReader(bytes);
  if (reader.u8() !== version) return refuse(reader.isGood() ? 'unknown-version' : 'truncated');
  const count = reader.varint();
  if (count > limits.devicesPerRoom) return refuse('too-many');
  const receipts: Record<DeviceId, Had> = {};
  let before = '';
  for (let at = 0; at < count; at += 1) {
    const device = bytesToHex(reader.fixed(32)) as DeviceId;
    if (device <= before) return refuse(reader.isGood() ? 'bad-id' : 'truncated');
    before = device;
    const stored = readRuns(reader, mostRuns);
    const read = stored && readRuns(reader, mostRuns);
    if (!stored || !read) return refuse(reader.isGood() ? 'bad-number' : 'truncated');
    receipts[device] = { stored, read };
  }
  return reader.isDone() ? receipts : refuse('truncated');
}

const version = 1;
const mostRuns = 100_000;

function withNumbers(receipts: Receipts, device: DeviceId, state: ReceiptState, numbers: Runs): Receipts {
  const before = receipts[device] ?? { stored: [], read: [] };
  const stored = numbers.reduce(withRun, before.stored);
  const read = state === 'read' ? numbers.reduce(withRun, before.read) : before.read;
  return stored === before.stored && read === before.read ? receipts : { ...receipts, [device]: { stored, read } };
}
