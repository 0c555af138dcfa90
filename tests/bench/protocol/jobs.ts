/** What the protocol benches time, by name: each call does its work once and says how long one unit of it took. */
import { accept } from '../../../src/protocol/conversation/accept.ts';
import { begin } from '../../../src/protocol/conversation/begin.ts';
import { decodeBundle } from '../../../src/protocol/people/bundle.ts';
import type { Suite } from '../../../src/protocol/suite/suite.ts';
import { bareCipher, bareHandshake, bareMessages } from './bare.ts';
import { endOf, exchangeKem, pass, settledEnds } from './ends.ts';
import { beginningOf, doorwayOf, good, luckOf, startMs, strangerOf, wordsOf } from './people.ts';
import { removalJobs } from './removal.ts';
import type { PackedRoom } from './removal.ts';

/** In ms. */
export type Job = () => number;
export type Jobs = Readonly<Record<string, Job>>;

export const messageBytes = 256;
/** One block of tags: so each sample has the price of one block in it, no more and no less. */
export const messagesAtOnce = 64;

export const createJobs = (suite: Suite, packed: PackedRoom | null): Jobs => ({
  ...contactJobs(suite),
  ...messageJobs(suite),
  ...(packed === null ? {} : removalJobs(suite, packed)),
});

function contactJobs(suite: Suite): Jobs {
  const luck = luckOf('contact');
  const [asha, bo] = [strangerOf(suite, luck), strangerOf(suite, luck)];
  const doorway = doorwayOf(bo);
  const beginning = beginningOf(asha, bo, wordsOf('Hodi'));
  const bundle = bo.prekey.bundle.bytes;
  const shake = (): { readonly a: ReturnType<typeof endOf>; readonly b: ReturnType<typeof endOf> } => {
    const begun = good(begin(suite, beginning, luck, startMs));
    const accepted = good(accept(suite, doorway, begun.envelope, luck, startMs));
    return { a: endOf(suite, begun.state, luck), b: endOf(suite, accepted.state, luck) };
  };
  return {
    handshake: timed(() => {
      const begun = good(begin(suite, beginning, luck, startMs));
      good(accept(suite, doorway, begun.envelope, luck, startMs));
    }),
    'handshake bare': timed(bareHandshake(suite)),
    contact: timed(() => {
      good(decodeBundle(suite, bundle, startMs));
      const { a, b } = shake();
      pass(b, a, wordsOf('Karibu'), startMs);
    }),
    'contact and KEM': timed(() => {
      good(decodeBundle(suite, bundle, startMs));
      const { a, b } = shake();
      exchangeKem(a, b, startMs);
    }),
  };
}

function messageJobs(suite: Suite): Jobs {
  const content = new Uint8Array(messageBytes).fill(1);
  let { a, b } = settledEnds(suite);
  const perMessage = (work: (count: number) => void): Job => {
    const whole = timed(() => work(messagesAtOnce));
    return () => whole() / messagesAtOnce;
  };
  const talk = perMessage((count) => {
    for (let at = 0; at < count; at += 1) pass(a, b, content, startMs);
  });
  return {
    message: () => {
      // A chain has 16,384 numbers, and here nobody answers.
      if (a.count() > mostNumbers) ({ a, b } = settledEnds(suite));
      return talk();
    },
    'message bare': perMessage(bareMessages(suite, messageBytes)),
    'message bare, padded': perMessage(bareMessages(suite, paddedBytes)),
    'message cipher': perMessage(bareCipher(suite, messageBytes)),
  };
}

const mostNumbers = 16_000;
/** What 256 bytes become in the bucket of 512. */
const paddedBytes = 512 - 67;

function timed(work: () => void): Job {
  return () => {
    const startedMs = performance.now();
    work();
    return performance.now() - startedMs;
  };
}
