/** What conversations cost beside the primitives they are made of: the same calls, bare, with lengths as they are in truth. */
import { accept } from '../../../src/protocol/conversation/accept.ts';
import { begin } from '../../../src/protocol/conversation/begin.ts';
import { decodeBundle } from '../../../src/protocol/people/bundle.ts';
import type { Suite } from '../../../src/protocol/suite/suite.ts';
import { doorwayOf, endOf, good, luckOf, pass, personOf, settle, startMs, text, twoOf } from './two.ts';

export interface Cost {
  /** Begun, accepted, and the first envelope back sealed and opened: both sides together. */
  readonly firstContactMs: number;
  /** The same, and the bundle read before, and the offer answered and the answer opened after. */
  readonly allContactMs: number;
  /** Begin and accept alone, and the sum of their primitives. */
  readonly handshakeMs: number;
  readonly handshakeBareMs: number;
  /** B11a. */
  readonly handshakeTimes: number;
  /** Seal and open of 256 bytes, without a step. */
  readonly messageUs: number;
  readonly messageBareUs: number;
  /** B11b. */
  readonly messageTimes: number;
}

/** Medians of `rounds`, the two of each pair by turns, after as many to warm up. */
export function measure(suite: Suite, rounds: number): Cost {
  const luck = luckOf('cost');
  const [asha, bo] = [personOf(suite, luck), personOf(suite, luck)];
  const doorway = doorwayOf(bo);
  const beginning = { us: asha.us, bundle: bo.prekey.bundle, content: text('Hodi'), invite: null, replaces: null };
  const shake = (): void => {
    good(accept(suite, doorway, good(begin(suite, beginning, luck, startMs)).envelope, luck, startMs));
  };
  const meet = (isAll: boolean): void => {
    if (isAll) good(decodeBundle(suite, bo.prekey.bundle.bytes, startMs));
    const begun = good(begin(suite, beginning, luck, startMs));
    const accepted = good(accept(suite, doorway, begun.envelope, luck, startMs));
    const [a, b] = [endOf(suite, begun.state, luck), endOf(suite, accepted.state, luck)];
    for (const offer of b.words(startMs)) good(a.open(offer, startMs));
    if (isAll) for (const answer of a.words(startMs)) good(b.open(answer, startMs + 2_000));
  };
  const content = new Uint8Array(256).fill(1);
  const talkOf = (of: Suite): (() => void) => {
    const { a, b } = twoOf(of, 'cost');
    settle(a, b, startMs);
    return () => {
      for (let at = 0; at < messages; at += 1) pass(a, b, content, startMs);
    };
  };
  const talk = talkOf(suite);
  const bareTalk = tape(suite, (taped, record) => {
    const said = talkOf(taped);
    record();
    said();
  });
  const [handshakeMs, handshakeBareMs] = medians(rounds, [
    shake,
    tape(suite, (taped) => {
      good(accept(taped, doorway, good(begin(taped, beginning, luck, startMs)).envelope, luck, startMs));
    }),
  ]);
  const [messageMs, messageBareMs] = medians(rounds, [talk, bareTalk]);
  const [firstContactMs, allContactMs] = medians(rounds, [() => meet(false), () => meet(true)]);
  return {
    firstContactMs: firstContactMs!,
    allContactMs: allContactMs!,
    ...{ handshakeMs: handshakeMs!, handshakeBareMs: handshakeBareMs!, handshakeTimes: handshakeMs! / handshakeBareMs! },
    ...{ messageUs: (messageMs! * 1_000) / messages, messageBareUs: (messageBareMs! * 1_000) / messages },
    messageTimes: messageMs! / messageBareMs!,
  };
}

/** A chain has 16,384 numbers, and here nobody answers. */
const messages = 100;

/** Every call that a piece of work makes of the suite after `record`, to be made again without the work around it. */
function tape(suite: Suite, work: (taped: Suite, record: () => void) => void): () => void {
  let calls: (() => unknown)[] = [];
  const taped = Object.fromEntries(
    Object.entries(suite).map(([name, member]: [string, unknown]) => [
      name,
      typeof member === 'function'
        ? (...given: unknown[]): unknown => {
            const call = (): unknown => (member as (...args: unknown[]) => unknown)(...given);
            calls.push(call);
            return call();
          }
        : member,
    ]),
  ) as unknown as Suite;
  work(taped, () => {
    calls = [];
  });
  return () => {
    for (const call of calls) call();
  };
}

function medians(rounds: number, works: readonly (() => void)[]): readonly number[] {
  const times = works.map((): number[] => []);
  for (let round = -rounds; round < rounds; round += 1)
    for (const [at, work] of works.entries()) {
      const startedMs = performance.now();
      work();
      if (round >= 0) times[at]!.push(performance.now() - startedMs);
    }
  return times.map((all) => all.toSorted((one, other) => one - other)[rounds >> 1]!);
}
