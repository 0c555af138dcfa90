/** What a session does besides sealing and opening: its lease, its window, its own word to the other side, and growing old. */
import { isRefusal } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { limits } from '../limits.ts';
import type { Luck, Suite } from '../suite/suite.ts';
import { encodeControl } from './control.ts';
import { dueControl } from './epochs.ts';
import { withoutOld } from './receiving.ts';
import { burnt, hasRoom, isLeaseSpent, renewed, withAcknowledged, withoutOutstanding } from './sending.ts';
import { decodeSession } from './session-state.ts';
import type { SessionState } from './session-state.ts';

/** S11: the one way back to use from what was committed. */
export function restoreSession(suite: Suite, bytes: Uint8Array): SessionState | Refusal {
  const state = decodeSession(bytes);
  return isRefusal(state) ? state : burn(suite, state);
}

/** S11, for a state that came back inside something else that was stored. */
export const burn = (suite: Suite, state: SessionState): SessionState => ({ ...state, sending: burnt(suite, state.sending) });

/** S11: nothing can be sealed before a renewed lease is committed, durably. */
export const needsLease = (state: SessionState): boolean => isLeaseSpent(state.sending);

/** Fewer `numbers` where a start without a clean end is likely: a crash burns them. */
export const renewLease = (state: SessionState, numbers: number = limits.lease): SessionState => ({
  ...state,
  sending: renewed(state.sending, numbers),
});

/** The other side revealed the `a` of `n`. */
export function acknowledge(state: SessionState, n: number): SessionState | Refusal {
  const sending = withAcknowledged(state.sending, n);
  return isRefusal(sending) ? sending : { ...state, sending };
}

/** `n` will not be sent again (M10). */
export const giveUp = (state: SessionState, n: number): SessionState => ({
  ...state,
  sending: withoutOutstanding(state.sending, n),
});

/** Nothing may be sealed and nothing that may be acknowledged is left: only a reset helps (S15). */
export const isStuck = ({ sending }: SessionState): boolean => !hasRoom(sending) && sending.outstanding.length === 0;

/** S7, where nothing comes that would do it. The same state where there is nothing to do. */
export function expire(state: SessionState, nowMs: number): SessionState {
  const receiving = withoutOld(state.receiving, nowMs);
  return receiving === state.receiving ? state : { ...state, receiving };
}

export interface OwnWord {
  /** To be committed before the content is sealed: it may hold a new secret. */
  readonly state: SessionState;
  readonly content: Uint8Array;
}

/**
 * What the session itself has to say: an offer, an answer, or nothing at all, so that a conversation in which one side only listens
 * heals too. To be asked after each envelope, now and then, and with `isBack` when the two meet again.
 */
export function ownWord(suite: Suite, state: SessionState, luck: Luck, nowMs: number, isBack = false): OwnWord | null {
  const due = dueControl(suite, state.side, state.epochs, luck, nowMs, isBack);
  if (due !== null) return { state: { ...state, epochs: due.epochs }, content: encodeControl(due.control) };
  if (state.unanswered < limits.unanswered) return null;
  // Sealing it is what ends this.
  return { state, content: encodeControl({ kind: 'nothing' }) };
}
