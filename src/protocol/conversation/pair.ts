/** The sessions between two devices, at most four: which of them is spoken on, which are only listened on, and when they end. */
import { bytesToHex, compareBytes, createReader, createWriter, hexToBytes, isEqual } from '../bytes.ts';
import type { Reader } from '../bytes.ts';
import { hourMs } from '../hour.ts';
import type { PersonId } from '../ids.ts';
import { limits } from '../limits.ts';
import { isRefusal, refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { sizes } from '../suite/suite.ts';
import type { Suite } from '../suite/suite.ts';
import type { Accepted } from './accept.ts';
import type { Begun } from './begin.ts';
import type { Side } from './epochs.ts';
import { burn } from './session.ts';
import { decodeSession, encodeSession } from './session-state.ts';
import type { SessionState } from './session-state.ts';
import { readEach } from './stored-list.ts';
import { replacesAll } from './who.ts';

export interface Pair {
  readonly sessions: readonly PairSession[];
  /** S15; 0 before the first. Taken: theirs, by our clock. Sent: the same, by theirs. Begun: ours. */
  readonly resetTakenMs: number;
  readonly resetSentMs: number;
  readonly resetBegunMs: number;
}

export interface PairSession {
  readonly state: SessionState;
  /** Who certified the DH key that the other side showed: only if the device is theirs, it is the device (P3). */
  readonly person: PersonId;
  readonly use: 'speak' | 'listen';
  /** The other side is known to have it. */
  readonly isShared: boolean;
  /** By the clock of who began it. */
  readonly sentMs: number;
  readonly sinceMs: number;
}

export const emptyPair: Pair = { sessions: [], resetTakenMs: 0, resetSentMs: 0, resetBegunMs: 0 };

export interface Changed {
  readonly pair: Pair;
  /** No longer spoken on: what has no receipt there is sealed again, under the same message ids. */
  readonly silenced: readonly SessionState[];
}

/** S16: of those the other side is known to have, the lowest initialId, so both choose the same. Else the own one begun last. */
export function spokenOn({ sessions }: Pair): SessionState | null {
  const spoken = sessions.filter(({ use }) => use === 'speak');
  const shared = spoken.filter(({ isShared }) => isShared);
  const [first] =
    shared.length > 0
      ? shared.sort((one, other) => compareBytes(one.state.initialId, other.state.initialId))
      : spoken.sort((one, other) => other.sentMs - one.sentMs);
  return first?.state ?? null;
}

/** S15: at most hourly, the own ones too. */
export const mayReset = ({ resetBegunMs }: Pair, nowMs: number): boolean => isHourPast(resetBegunMs, nowMs);

export function withBegun(pair: Pair, { state, who, to }: Begun, nowMs: number): Changed | Refusal {
  if (who.replaces !== null && !mayReset(pair, nowMs)) return refuse('too-soon');
  const added: PairSession = { state, person: to, use: 'speak', isShared: false, sentMs: who.sentMs, sinceMs: nowMs };
  if (who.replaces === null) return changed(pair, { ...pair, sessions: [...pair.sessions, added] });
  const sessions = [...silence(pair.sessions, who.replaces, 'initiator', who.sentMs), added];
  return changed(pair, { ...pair, resetBegunMs: nowMs, sessions });
}

export function withAccepted(pair: Pair, { state, who }: Accepted, nowMs: number): Changed | Refusal {
  const { sessions } = pair;
  if (sessions.some((one) => isEqual(one.state.initialId, state.initialId))) return refuse('repeated');
  const person = who.certificate.personId;
  const added: PairSession = { state, person, use: 'speak', isShared: true, sentMs: who.sentMs, sinceMs: nowMs };
  if (who.replaces !== null) {
    if (!isHourPast(pair.resetTakenMs, nowMs)) return refuse('too-soon');
    // A clock far ahead would shut out all its later ones.
    if (who.sentMs > nowMs + limits.aheadMs) return refuse('too-far-ahead');
    // One that was held back until a later one was taken.
    if (who.sentMs <= pair.resetSentMs) return refuse('too-old');
    const resets = { resetTakenMs: nowMs, resetSentMs: who.sentMs };
    return changed(pair, { ...pair, ...resets, sessions: [...silence(sessions, who.replaces, 'responder', who.sentMs), added] });
  }
  // S16: unsigned, it moves nothing from a session that works: whoever stole this device's keys could have written it.
  const theirs = sessions.filter((one) => one.person === person);
  const isBeside = theirs.some(({ use, state: { firstOpenedMs } }) => use === 'speak' && firstOpenedMs > 0);
  if (isBeside) return changed(pair, { ...pair, sessions: [...sessions, { ...added, use: 'listen' }] });
  // Of two of theirs, neither of them used yet, the later sent.
  const isLatest = theirs.every((one) => one.state.side === 'initiator' || one.sentMs < who.sentMs);
  const others = sessions.map((one): PairSession =>
    one.person === person && one.state.side === 'responder' && isLatest ? { ...one, use: 'listen' } : one,
  );
  return changed(pair, { ...pair, sessions: [...others, isLatest ? added : { ...added, use: 'listen' }] });
}

/** Those of one person's device alone. */
export function onlyOf(pair: Pair, isTheirs: (person: PersonId) => boolean): Pair {
  const sessions = pair.sessions.filter(({ person }) => isTheirs(person));
  return sessions.length === pair.sessions.length ? pair : { ...pair, sessions };
}

/** A session as it is now; one that is not held any more is passed over. */
export const withSession = (pair: Pair, state: SessionState): Pair => ({
  ...pair,
  sessions: pair.sessions.map((one) =>
    isEqual(one.state.initialId, state.initialId) ? { ...one, state, isShared: one.isShared || state.firstOpenedMs > 0 } : one,
  ),
});

/** The initial of an own session was acknowledged. */
export const withArrived = (pair: Pair, initialId: Uint8Array): Pair => ({
  ...pair,
  sessions: pair.sessions.map((one) => (isEqual(one.state.initialId, initialId) ? { ...one, isShared: true } : one)),
});

/** S16: a week after the one spoken on was first heard on, the others go as they fall silent for a week. */
export function withoutRetired(pair: Pair, nowMs: number): Pair {
  const spoken = spokenOn(pair);
  if (spoken === null || spoken.firstOpenedMs === 0 || nowMs - spoken.firstOpenedMs < weekMs) return pair;
  const sessions = pair.sessions.filter((one) => one.state === spoken || nowMs - lastSignMs(one) < weekMs);
  return sessions.length === pair.sessions.length ? pair : { ...pair, sessions };
}

export function encodePair({ sessions, resetTakenMs, resetSentMs, resetBegunMs }: Pair): Uint8Array {
  const out = createWriter().u8(version).u64(resetTakenMs).u64(resetSentMs).u64(resetBegunMs).varint(sessions.length);
  for (const { state, person, use, isShared, sentMs, sinceMs } of sessions) {
    out.fixed(hexToBytes(person)).u8(uses.indexOf(use)).u8(Number(isShared)).u64(sentMs).u64(sinceMs);
    out.capped(encodeSession(state));
  }
  return out.done();
}

/** To look at; `restorePair` brings one back to use. */
export function decodePair(bytes: Uint8Array): Pair | Refusal {
  const read = createReader(bytes);
  if (read.u8() !== version) return refuse(read.isGood() ? 'unknown-version' : 'truncated');
  const [resetTakenMs, resetSentMs, resetBegunMs] = [read.u64(), read.u64(), read.u64()];
  const sessions = readEach(read, limits.sessionsPerPair, readPairSession);
  if (sessions === null || !read.isDone()) return refuse('truncated');
  const held: PairSession[] = [];
  for (const one of sessions) {
    if (one === null) return refuse('truncated');
    if (isRefusal(one)) return one;
    if (held.some(({ state }) => isEqual(state.initialId, one.state.initialId))) return refuse('repeated');
    held.push(one);
  }
  return { sessions: held, resetTakenMs, resetSentMs, resetBegunMs };
}

/** S11. */
export function restorePair(suite: Suite, bytes: Uint8Array): Pair | Refusal {
  const pair = decodePair(bytes);
  if (isRefusal(pair)) return pair;
  return { ...pair, sessions: pair.sessions.map((one) => ({ ...one, state: burn(suite, one.state) })) };
}

/** Before it nobody wrote down whose a session is: it is begun anew. */
const version = 2;
const uses: readonly PairSession['use'][] = ['speak', 'listen'];
const weekMs = 604_800_000;
/** Above what a session with all its seeds comes to. */
const mostSessionBytes = 160_000;

/** A clock that was put back does not shut anybody out. */
const isHourPast = (sinceMs: number, nowMs: number): boolean => sinceMs === 0 || nowMs < sinceMs || nowMs - sinceMs >= hourMs;

const lastSignMs = ({ state, sinceMs }: PairSession): number => Math.max(state.lastOpenedMs, sinceMs);

/** S15: a reset replaces the one it names and whatever its sender began before, for that may be refused as too old by now. */
function silence(sessions: readonly PairSession[], replaces: Uint8Array, side: Side, sentMs: number): readonly PairSession[] {
  const isAll = isEqual(replaces, replacesAll);
  return sessions.map((one) => {
    const isBefore = one.state.side === side && one.sentMs <= sentMs;
    return isAll || isBefore || isEqual(one.state.initialId, replaces) ? { ...one, use: 'listen' } : one;
  });
}

/** Where there are too many, the one that was silent longest goes, of those not spoken on. */
function changed(before: Pair, after: Pair): Changed {
  let { sessions } = after;
  while (sessions.length > limits.sessionsPerPair) {
    const spoken = spokenOn(after);
    const added = sessions.at(-1);
    const [oldest] = sessions
      .filter((one) => one !== added && one.state !== spoken)
      .sort((one, other) => uses.indexOf(other.use) - uses.indexOf(one.use) || lastSignMs(one) - lastSignMs(other));
    sessions = sessions.filter((one) => one !== oldest);
  }
  const speaking = new Set(sessions.filter(({ use }) => use === 'speak').map(({ state }) => state));
  const silenced = before.sessions.filter(({ use, state }) => use === 'speak' && !speaking.has(state)).map(({ state }) => state);
  return { pair: { ...after, sessions }, silenced };
}

function readPairSession(read: Reader): PairSession | Refusal | null {
  const person = bytesToHex(read.fixed(sizes.hash)) as PersonId;
  const [use, shared, sentMs, sinceMs] = [uses[read.u8()], read.u8(), read.u64(), read.u64()];
  const bytes = read.capped(mostSessionBytes);
  if (use === undefined || shared > 1 || !read.isGood()) return null;
  const state = decodeSession(bytes);
  return isRefusal(state) ? state : { state, person, use, isShared: shared === 1, sentMs, sinceMs };
}
