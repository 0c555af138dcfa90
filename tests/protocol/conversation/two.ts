/** Two devices and what passes between them, for tests of conversations: every step by hand, nothing lost unless asked for. */
import { createRandom } from '../../../src/adapters/memory/random.ts';
import { accept } from '../../../src/protocol/conversation/accept.ts';
import type { Accepted, Doorway, Prekey } from '../../../src/protocol/conversation/accept.ts';
import { begin } from '../../../src/protocol/conversation/begin.ts';
import type { Begun } from '../../../src/protocol/conversation/begin.ts';
import type { Us } from '../../../src/protocol/conversation/handshake.ts';
import { open } from '../../../src/protocol/conversation/open.ts';
import type { Opened } from '../../../src/protocol/conversation/open.ts';
import { seal } from '../../../src/protocol/conversation/seal.ts';
import { acknowledge, ownWord, renewLease } from '../../../src/protocol/conversation/session.ts';
import type { SessionState } from '../../../src/protocol/conversation/session-state.ts';
import { createTagIndex } from '../../../src/protocol/conversation/tag-index.ts';
import type { FoundTag, TagIndex } from '../../../src/protocol/conversation/tag-index.ts';
import { hourOf } from '../../../src/protocol/hour.ts';
import { makeBundle } from '../../../src/protocol/people/bundle.ts';
import { makeCertificate } from '../../../src/protocol/people/certificate.ts';
import { makeDevice } from '../../../src/protocol/people/device.ts';
import { makePerson } from '../../../src/protocol/people/person.ts';
import { isRefusal } from '../../../src/protocol/refusal.ts';
import type { Refusal } from '../../../src/protocol/refusal.ts';
import type { Luck, Suite } from '../../../src/protocol/suite/suite.ts';

export const startMs = 1_795_000_000_000;
export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

export const luckOf = (seed: string): Luck => createRandom(seed).bytes;

export interface Person {
  readonly us: Us;
  readonly prekey: Prekey;
}

export function personOf(suite: Suite, luck: Luck, nowMs: number = startMs): Person {
  const device = makeDevice(suite, luck);
  const certificate = makeCertificate(suite, makePerson(suite, luck), device, hourOf(nowMs), 2);
  return { us: { device, certificate }, prekey: makeBundle(suite, device, certificate, luck, hourOf(nowMs) + 168) };
}

export const doorwayOf = ({ us, prekey }: Person, more: Partial<Doorway> = {}): Doorway => ({
  us,
  prekeys: [prekey],
  pskOf: () => null,
  isSeen: () => false,
  ...more,
});

export function good<Thing extends object>(thing: Thing | Refusal): Thing {
  if (isRefusal(thing)) throw new Error(`refused: ${thing.refused}`);
  return thing;
}

export const includes = (whole: Uint8Array, part: Uint8Array): boolean => Buffer.from(whole).includes(Buffer.from(part));

export const text = (said: string): Uint8Array => new Uint8Array([1, ...Buffer.from(said)]);
export const said = (content: Uint8Array | null): string => Buffer.from(content?.subarray(1) ?? []).toString();

/** One end of one session. */
export interface End {
  state: SessionState;
  readonly luck: Luck;
  readonly index: TagIndex;
  seal(content: Uint8Array): { readonly envelope: Uint8Array; readonly n: number };
  find(envelope: Uint8Array): FoundTag | null;
  /** Changes the state where it is not refused. */
  open(envelope: Uint8Array, nowMs: number): Opened | Refusal;
  /** Seals what the session itself has to say, all of it. */
  words(nowMs: number, isBack?: boolean): readonly Uint8Array[];
  acknowledged(n: number): void;
}

export function endOf(suite: Suite, first: SessionState, luck: Luck): End {
  const index = createTagIndex(suite);
  index.put('it', first.receiving);
  const end: End = {
    state: first,
    luck,
    index,
    seal: (content) => {
      if (end.state.sending.next >= end.state.sending.leased) end.state = renewLease(end.state);
      const sealed = good(seal(suite, end.state, content));
      end.state = sealed.state;
      return sealed;
    },
    find: (envelope) => index.find(envelope.subarray(1, 17)),
    open: (envelope, nowMs) => {
      const found = end.find(envelope);
      if (found === null) return { refused: 'unknown-tag' };
      const opened = open(suite, end.state, found, envelope, luck, nowMs);
      if (isRefusal(opened)) return opened;
      end.state = opened.state;
      index.put('it', end.state.receiving);
      return opened;
    },
    words: (nowMs, isBack = false) => {
      const envelopes = [];
      for (let word = ownWord(suite, end.state, luck, nowMs, isBack); word !== null;) {
        end.state = word.state;
        envelopes.push(end.seal(word.content).envelope);
        word = ownWord(suite, end.state, luck, nowMs, false);
      }
      return envelopes;
    },
    acknowledged: (n) => {
      end.state = good(acknowledge(end.state, n));
    },
  };
  return end;
}

export interface Two {
  readonly asha: Person;
  readonly bo: Person;
  readonly begun: Begun;
  readonly accepted: Accepted;
  /** The initiator. */
  readonly a: End;
  /** The responder. */
  readonly b: End;
}

export function twoOf(suite: Suite, seed = 'two', nowMs: number = startMs): Two {
  const luck = luckOf(seed);
  const [asha, bo] = [personOf(suite, luck, nowMs), personOf(suite, luck, nowMs)];
  const beginning = { us: asha.us, bundle: bo.prekey.bundle, content: text('Hodi'), invite: null, replaces: null };
  const begun = good(begin(suite, beginning, luck, nowMs));
  const accepted = good(accept(suite, doorwayOf(bo), begun.envelope, luck, nowMs));
  return {
    asha,
    bo,
    begun,
    accepted,
    a: endOf(suite, begun.state, luckOf(`${seed} a`)),
    b: endOf(suite, accepted.state, luckOf(`${seed} b`)),
  };
}

/** Seals at one end, opens at the other, acknowledges at once. */
export function pass(from: End, to: End, content: Uint8Array, nowMs: number): Opened {
  const { envelope, n } = from.seal(content);
  const opened = good(to.open(envelope, nowMs));
  from.acknowledged(n);
  return opened;
}

/** Everything both sessions have to say to each other, until neither has any more. */
export function settle(a: End, b: End, nowMs: number, isBack = false): number {
  let count = 0;
  for (let more = true, back = isBack; more; back = false) {
    more = false;
    for (const [from, to] of [
      [b, a],
      [a, b],
    ] as const)
      for (const envelope of from.words(nowMs, back)) {
        good(to.open(envelope, nowMs));
        from.acknowledged(from.state.sending.next - 1);
        more = true;
        count += 1;
      }
  }
  return count;
}
