/** The two ends of a session, as an app drives them: the tag index finds, `open` opens, and what came is acknowledged. */
import { accept } from '../../../src/protocol/conversation/accept.ts';
import { begin } from '../../../src/protocol/conversation/begin.ts';
import { open } from '../../../src/protocol/conversation/open.ts';
import { seal } from '../../../src/protocol/conversation/seal.ts';
import { acknowledge, needsLease, ownWord, renewLease } from '../../../src/protocol/conversation/session.ts';
import type { SessionState } from '../../../src/protocol/conversation/session-state.ts';
import { createTagIndex } from '../../../src/protocol/conversation/tag-index.ts';
import type { Luck, Suite } from '../../../src/protocol/suite/suite.ts';
import { beginningOf, doorwayOf, good, luckOf, startMs, strangerOf, wordsOf } from './people.ts';

export interface End {
  seal(content: Uint8Array): Uint8Array;
  open(envelope: Uint8Array, nowMs: number): void;
  /** The other end has revealed the last sealed one's `a`. */
  acknowledged(): void;
  /** What the session itself has to say, if anything. */
  word(nowMs: number): Uint8Array | null;
  /** How many were sealed. */
  count(): number;
}

export function endOf(suite: Suite, first: SessionState, luck: Luck): End {
  let state = first;
  const index = createTagIndex(suite);
  index.put('it', state.receiving);
  const end: End = {
    seal: (content) => {
      if (needsLease(state)) state = renewLease(state);
      const sealed = good(seal(suite, state, content));
      state = sealed.state;
      return sealed.envelope;
    },
    open: (envelope, nowMs) => {
      const found = index.find(envelope.subarray(1, 17));
      if (found === null) throw new Error('a tag that is not known');
      const opened = good(open(suite, state, found, envelope, luck, nowMs));
      state = opened.state;
      index.put('it', state.receiving);
    },
    acknowledged: () => {
      state = good(acknowledge(state, state.sending.next - 1));
    },
    word: (nowMs) => {
      const word = ownWord(suite, state, luck, nowMs);
      if (word === null) return null;
      state = word.state;
      return end.seal(word.content);
    },
    count: () => state.sending.next,
  };
  return end;
}

export function pass(from: End, to: End, content: Uint8Array, nowMs: number): void {
  to.open(from.seal(content), nowMs);
  from.acknowledged();
}

/** Begun, accepted, and past the first KEM exchange: neither end has anything to say or a step to take. */
export function settledEnds(suite: Suite): { readonly a: End; readonly b: End } {
  const luck = luckOf('ends');
  const [asha, bo] = [strangerOf(suite, luck), strangerOf(suite, luck)];
  const begun = good(begin(suite, beginningOf(asha, bo, wordsOf('Hodi')), luck, startMs));
  const accepted = good(accept(suite, doorwayOf(bo), begun.envelope, luck, startMs));
  const [a, b] = [endOf(suite, begun.state, luck), endOf(suite, accepted.state, luck)];
  exchangeKem(a, b, startMs);
  return { a, b };
}

/** The responder's offer and the initiator's answer; the answer comes when the responder may step again. */
export function exchangeKem(initiator: End, responder: End, nowMs: number): void {
  const offer = responder.word(nowMs);
  if (offer === null) throw new Error('no offer');
  initiator.open(offer, nowMs);
  responder.acknowledged();
  const answer = initiator.word(nowMs);
  if (answer === null) throw new Error('no answer');
  responder.open(answer, nowMs + stepEveryMs);
  initiator.acknowledged();
}

const stepEveryMs = 1_000;
