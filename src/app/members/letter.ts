/** One envelope for one device, until it is acknowledged: how it waits, how it lies on the disk, what its arrival means. */
import { bytesToHex, createReader, createWriter, hexToBytes, isEqual } from '../../protocol/bytes.ts';
import { withArrived, withSession } from '../../protocol/conversation/pair.ts';
import type { Pair } from '../../protocol/conversation/pair.ts';
import { acknowledge } from '../../protocol/conversation/session.ts';
import type { SessionState } from '../../protocol/conversation/session-state.ts';
import type { DeviceId, RoomId } from '../../protocol/ids.ts';
import { isRefusal } from '../../protocol/refusal.ts';

export interface Letter {
  readonly device: DeviceId;
  readonly initialId: string;
  readonly n: number;
  readonly envelope: Uint8Array;
  readonly entry: LetterEntry | null;
  /** On the disk, and handed over again until it is acknowledged. */
  readonly isKept: boolean;
  /** Which peers had it, and in which era of theirs. */
  readonly had: Map<string, number>;
  waitMs: number;
  tries: number;
}

/** Which entry of mine in a conversation of two a letter carries. */
export interface LetterEntry {
  readonly room: RoomId;
  readonly seq: number;
}

export const letterOf = (said: Omit<Letter, 'had' | 'waitMs' | 'tries'>): Letter => ({
  ...said,
  ...{ had: new Map(), waitMs: firstWaitMs, tries: 0 },
});

export function afterArrival(pair: Pair, { n, initialId }: Letter): Pair {
  const id = hexToBytes(initialId);
  if (n === initialNumber) return withArrived(pair, id);
  const held = pair.sessions.find(({ state }) => isEqual(state.initialId, id));
  const state = held && acknowledge(held.state, n);
  return state === undefined || isRefusal(state) ? pair : withSession(pair, state);
}

export const isShared = ({ sessions }: Pair, session: SessionState): boolean =>
  sessions.some((one) => one.isShared && isEqual(one.state.initialId, session.initialId));

export const tagOf = (envelope: Uint8Array): string => bytesToHex(envelope.subarray(1, 17));

/** In the place of a number, for the envelope that began the session. */
export const initialNumber = 0xffffffff;

export const firstWaitMs = 4_000;

export function writeLetter({ initialId, n, envelope, entry }: Letter): Uint8Array {
  const out = createWriter().fixed(hexToBytes(initialId)).u32(n);
  if (entry === null) out.u8(0);
  else out.u8(1).fixed(hexToBytes(entry.room)).varint(entry.seq);
  return out.fixed(envelope).done();
}

export function readLetter(device: DeviceId, value: Uint8Array): Letter | null {
  const read = createReader(value);
  const initialId = bytesToHex(read.fixed(32));
  const n = read.u32();
  const room = read.u8() === 1 ? (bytesToHex(read.fixed(16)) as RoomId) : null;
  const entry = room && { room, seq: read.varint() };
  const envelope = read.rest();
  return read.isGood() ? letterOf({ device, initialId, n, envelope, entry, isKept: true }) : null;
}
