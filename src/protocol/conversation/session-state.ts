/** A session between two devices as it is kept: plain data, without anything of its past. */
import { createReader, createWriter } from '../bytes.ts';
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { sizes } from '../suite/suite.ts';
import type { Luck } from '../suite/suite.ts';
import { firstEpochs, readEpochs, writeEpochs } from './epochs.ts';
import type { Epochs, Side } from './epochs.ts';
import type { KeyPair } from './ratchet.ts';
import { readReceiving, writeReceiving } from './receiving.ts';
import type { Receiving } from './receiving.ts';
import { readSending, writeSending } from './sending.ts';
import type { Sending } from './sending.ts';

export interface SessionState {
  readonly id: Uint8Array;
  /** Of the envelope that began it: both sides know the session by it. */
  readonly initialId: Uint8Array;
  readonly side: Side;
  readonly root: Uint8Array;
  readonly own: KeyPair;
  /** When the own pair was made by a step; 0 before the first. */
  readonly steppedMs: number;
  /** The other side's key is newer than the own one. */
  readonly isStepDue: boolean;
  readonly sending: Sending;
  readonly receiving: Receiving;
  readonly epochs: Epochs;
  /** Contents opened since the last envelope was sealed. */
  readonly unanswered: number;
  /** 0 before anything was. */
  readonly firstOpenedMs: number;
  readonly lastOpenedMs: number;
}

/** What a handshake gives, and the luck of a first offer. */
export interface Foundation extends Pick<
  SessionState,
  'id' | 'initialId' | 'side' | 'root' | 'own' | 'steppedMs' | 'sending' | 'receiving'
> {
  readonly luck: Luck;
  readonly nowMs: number;
}

export function firstState({ luck, nowMs, ...given }: Foundation): SessionState {
  const epochs = firstEpochs(given.side, luck, nowMs);
  return { ...given, isStepDue: false, epochs, unanswered: 0, firstOpenedMs: 0, lastOpenedMs: 0 };
}

/** Canonical: one state has one spelling. */
export function encodeSession(state: SessionState): Uint8Array {
  const out = createWriter().u8(version).u8(sides.indexOf(state.side)).fixed(state.id).fixed(state.initialId).fixed(state.root);
  out.fixed(state.own.secret).fixed(state.own.key).u64(state.steppedMs).u8(Number(state.isStepDue));
  out.varint(state.unanswered).u64(state.firstOpenedMs).u64(state.lastOpenedMs);
  writeSending(out, state.sending);
  writeReceiving(out, state.receiving);
  writeEpochs(out, state.epochs);
  return out.done();
}

/** To look at. What is to be used again after a start goes through `restoreSession` (S11). */
export function decodeSession(bytes: Uint8Array): SessionState | Refusal {
  const read = createReader(bytes);
  if (read.u8() !== version) return refuse(read.isGood() ? 'unknown-version' : 'truncated');
  const side = sides[read.u8()];
  if (side === undefined) return refuse('unknown-kind');
  const [id, initialId, root] = [read.fixed(sessionIdBytes), read.fixed(sizes.hash), read.fixed(32)];
  const own = { secret: read.fixed(sizes.dhKey), key: read.fixed(sizes.dhKey) };
  const [steppedMs, due] = [read.u64(), read.u8()];
  const [unanswered, firstOpenedMs, lastOpenedMs] = [read.varint(), read.u64(), read.u64()];
  const sending = readSending(read);
  const receiving = sending && readReceiving(read);
  const epochs = receiving && readEpochs(read, side);
  // A cap and an order passed by is said as the reader says a missing byte.
  if (sending === null || receiving === null || epochs === null || due > 1 || !read.isDone()) return refuse('truncated');
  const isStepDue = due === 1;
  // A step is against their key; the responder has one from the beginning.
  if (receiving.chain === null && (isStepDue || side === 'responder')) return refuse('bad-key');
  return {
    id,
    initialId,
    side,
    root,
    own,
    steppedMs,
    isStepDue,
    sending,
    receiving,
    epochs,
    unanswered,
    firstOpenedMs,
    lastOpenedMs,
  };
}

export const sessionIdBytes = 16;

const version = 2;
const sides: readonly Side[] = ['initiator', 'responder'];
