/** Two ends of a session that write to each other, and what each of them ever held, for who reads along afterwards. */
import { accept } from '../../../src/protocol/conversation/accept.ts';
import type { Prekey } from '../../../src/protocol/conversation/accept.ts';
import { begin } from '../../../src/protocol/conversation/begin.ts';
import type { Beginning } from '../../../src/protocol/conversation/begin.ts';
import { open } from '../../../src/protocol/conversation/open.ts';
import type { Opened } from '../../../src/protocol/conversation/open.ts';
import { seal } from '../../../src/protocol/conversation/seal.ts';
import { acknowledge, needsLease, ownWord, renewLease, restoreSession } from '../../../src/protocol/conversation/session.ts';
import { encodeSession } from '../../../src/protocol/conversation/session-state.ts';
import type { SessionState } from '../../../src/protocol/conversation/session-state.ts';
import { createTagIndex } from '../../../src/protocol/conversation/tag-index.ts';
import type { Refusal } from '../../../src/protocol/refusal.ts';
import { isRefusal, refuse } from '../../../src/protocol/refusal.ts';
import type { SideSecrets } from '../second/conversation.ts';
import { good, hex, luckOf, nowMs, suite } from './cast.ts';
import type { Member } from './cast.ts';

export type End = {
  readonly say: (content: Uint8Array) => Uint8Array;
  /** What the session itself has to say, if anything. */
  readonly sayOwn: (isBack?: boolean) => Uint8Array | null;
  readonly hear: (envelope: Uint8Array) => Opened | Refusal;
  /** What `hear` would say; nothing changes. */
  readonly peek: (envelope: Uint8Array) => object;
  readonly acknowledged: (n: number) => void;
  /** Stops without a clean end, and starts again from what was committed. */
  readonly crash: () => void;
  readonly state: () => SessionState;
  readonly held: SideSecrets;
};

export type Talk = {
  readonly initial: Uint8Array;
  readonly asha: End;
  readonly badru: End;
  readonly pass: (ms: number) => void;
  /** Every envelope after the initial, as they were sealed. */
  readonly sealed: Uint8Array[];
};

const endOf = (first: SessionState, name: string, clock: () => number, sealed: Uint8Array[]): End => {
  const luck = luckOf(`${name}, session`);
  const index = createTagIndex(suite);
  let state = first;
  const ratchet: Uint8Array[] = [];
  const kemSeeds: Uint8Array[] = [];
  const kemAnswers = new Map<string, Uint8Array>();
  const keep = (next: SessionState): void => {
    state = next;
    const { stage } = state.epochs;
    if (ratchet.at(-1) !== state.own.secret) ratchet.push(state.own.secret);
    if (stage.at === 'offering' && kemSeeds.at(-1) !== stage.secret) kemSeeds.push(stage.secret);
    if (stage.at === 'answered') kemAnswers.set(hex(stage.ciphertext), stage.shared);
    index.put('the one', state.receiving);
  };
  keep(first);
  const say = (content: Uint8Array): Uint8Array => {
    if (needsLease(state)) keep(renewLease(state));
    const { state: next, envelope } = good(seal(suite, state, content));
    keep(next);
    sealed.push(envelope);
    return envelope;
  };
  const peek = (envelope: Uint8Array): Opened | Refusal => {
    const found = index.find(envelope.slice(1, 17));
    return found ? open(suite, state, found, envelope, luck, clock()) : refuse('unknown-tag');
  };
  return {
    say,
    sayOwn: (isBack = false) => {
      const word = ownWord(suite, state, luck, clock(), isBack);
      if (!word) return null;
      keep(word.state);
      return say(word.content);
    },
    hear: (envelope) => {
      const opened = peek(envelope);
      if (!isRefusal(opened)) keep(opened.state);
      return opened;
    },
    peek,
    acknowledged: (n) => keep(good(acknowledge(state, n))),
    crash: () => keep(good(restoreSession(suite, encodeSession(state)))),
    state: () => state,
    held: { ratchet, kemSeeds, kemAnswers },
  };
};

export const prekeyOf = ({ bundle, secrets }: Member): Prekey => ({ bundle, secrets });

/** From Asha to Badru. */
export const talk = (from: Member, to: Member, said: Pick<Beginning, 'content' | 'invite' | 'replaces'>): Talk => {
  let now = nowMs;
  const begun = good(begin(suite, { us: from, bundle: to.bundle, ...said }, luckOf('begin'), now));
  const doorway = {
    us: to,
    prekeys: [prekeyOf(to)],
    pskOf: (id: Uint8Array) => (said.invite && hex(id) === hex(said.invite.id) ? said.invite.psk : null),
    isSeen: () => false,
  };
  const accepted = good(accept(suite, doorway, begun.envelope, luckOf('accept'), now));
  const sealed: Uint8Array[] = [];
  return {
    initial: begun.envelope,
    asha: endOf(begun.state, 'Asha', () => now, sealed),
    badru: endOf(accepted.state, 'Badru', () => now, sealed),
    pass: (ms) => {
      now += ms;
    },
    sealed,
  };
};
