/** What a thief of a state, or somebody to whom one of the two mathematics is broken, can read: nothing earlier, and soon nothing. */
import { expect, test } from 'vitest';
import { nodeCryptoSuite } from '../../../src/adapters/node-crypto/suite.ts';
import { createRandom } from '../../../src/adapters/memory/random.ts';
import { accept } from '../../../src/protocol/conversation/accept.ts';
import { begin } from '../../../src/protocol/conversation/begin.ts';
import { open } from '../../../src/protocol/conversation/open.ts';
import { seal } from '../../../src/protocol/conversation/seal.ts';
import { ownWord, renewLease } from '../../../src/protocol/conversation/session.ts';
import type { SessionState } from '../../../src/protocol/conversation/session-state.ts';
import type { FoundTag } from '../../../src/protocol/conversation/tag-index.ts';
import { isRefusal } from '../../../src/protocol/refusal.ts';
import type { Luck, Suite } from '../../../src/protocol/suite/suite.ts';
import { doorwayOf, endOf, good, luckOf, personOf, settle, startMs, text, twoOf } from './two.ts';
import type { End } from './two.ts';
import { opensWith, replayed, seedsIn, withoutDh, withoutKem } from './thief.ts';

const suite = nodeCryptoSuite;
const freshSeed = `fresh-${Math.floor(Math.random() * 1e9)}`;

interface Passed {
  readonly envelope: Uint8Array;
  readonly from: End;
  isOpened: boolean;
}

/** Talk at random, with losses and delays; answers everything that was on the wire. */
function chat(a: End, b: End, seed: string, count: number): { readonly wire: Passed[]; readonly now: number } {
  const random = createRandom(seed);
  const wire: Passed[] = [];
  let now = startMs;
  for (let at = 0; at < count; at += 1) {
    const [from, to] = random.chance(0.5) ? [a, b] : [b, a];
    now += random.below(3_000);
    const words = from.words(now);
    for (const envelope of [...words, from.seal(text(`${at}`)).envelope]) wire.push({ envelope, from, isOpened: false });
    for (const one of wire.filter(({ from: by, isOpened }) => by === from && !isOpened)) {
      // Controls arrive, or the chat would mostly wait for epochs.
      if (!words.includes(one.envelope) && random.chance(0.3)) continue;
      good(to.open(one.envelope, now));
      one.isOpened = true;
    }
    for (const n of [...from.state.sending.outstanding]) from.acknowledged(n);
  }
  return { wire, now };
}

for (const seed of ['fixed', freshSeed]) {
  test(`[S10] a stolen state opens nothing that was opened before, and heals in a round trip, seed ${seed}`, () => {
    let opened = 0;
    for (let round = 0; round < 4; round += 1) {
      const { a, b } = twoOf(suite, `${seed} ${round}`);
      const { wire, now } = chat(a, b, `${seed} ${round}`, 5 + round * 4);
      const [victim, peer] = round % 2 === 0 ? [a, b] : [b, a];
      const stolen = victim.state;
      const seeds = seedsIn(suite, stolen, 24);
      const earlier = wire.filter(({ from, isOpened }) => from === victim || isOpened);
      for (const { envelope } of earlier) expect(opensWith(suite, seeds, stolen.id, envelope)).toBe(false);
      const again = endOf(suite, stolen, luckOf('thief'));
      for (const { envelope } of earlier) expect(again.open(envelope, now)).toHaveProperty('refused');

      // The thief listens on: with the machine to what comes for the victim, with the stolen chain to what the victim says.
      const read: boolean[] = [];
      for (let at = 1; at <= 4; at += 1) {
        const ms = now + at * 4_000;
        for (const [from, to, later] of [[victim, peer, 0] as const, [peer, victim, 2_000] as const]) {
          const { envelope, n } = from.seal(text('later'));
          const found = to.find(envelope);
          read.push(
            from === victim
              ? opensWith(suite, seeds, stolen.id, envelope)
              : found !== null && follows(again, found, envelope, ms),
          );
          good(to.open(envelope, ms + later));
          from.acknowledged(n);
        }
      }
      opened += read.slice(0, 2).filter(Boolean).length;
      expect(read.slice(2)).toEqual([false, false, false, false, false, false]);
    }
    // Before the round trip is over the thief does read: else nothing was tried here.
    expect(opened).toBeGreaterThan(3);
  });

  test(`a thief to whom X25519 is broken is shut out by the next epoch, seed ${seed}`, () => {
    let readable = 0;
    for (let round = 0; round < 4; round += 1) {
      const two = twoOf(suite, `${seed} ${round}`);
      const source = replayed(luckOf(`${seed} replayed ${round}`));
      const { a: first, b: second } = two;
      const [a, b] = [endOf(suite, first.state, source.luck), second];
      chat(a, b, `${seed} x ${round}`, 10 + 12 * round);
      settle(a, b, startMs + 200_000);
      // All the victim's luck but for ML-KEM: what an oracle for X25519 gives, and more.
      const stolen = a.state;
      const thief = endOf(withoutKem(suite), stolen, source.again(source.drawn()));
      const stolenEpoch = stolen.epochs.current;
      const isPending = stolen.epochs.stage.at !== 'resting';
      const shutOutFrom = stolenEpoch + (isPending ? 2 : 1);
      let now = startMs + 300_000;
      for (let at = 0; at < 170; at += 1) {
        now += 2_000;
        for (const envelope of [...b.words(now), b.seal(text('b')).envelope]) {
          const found = a.find(envelope)!;
          const did = good(a.open(envelope, now));
          b.acknowledged(did.n);
          const isRead = follows(thief, found, envelope, now);
          const epoch = a.state.epochs.current;
          if (epoch >= shutOutFrom) expect(isRead).toBe(false);
          else if (epoch === stolenEpoch) {
            expect(isRead).toBe(true);
            readable += 1;
          }
        }
        const words = a.words(now);
        // The thief's machine says what the victim's says, and is heard by nobody.
        if (a.state.epochs.current === stolenEpoch) thief.words(now);
        for (const envelope of [...words, a.seal(text('a')).envelope]) a.acknowledged(good(b.open(envelope, now)).n);
      }
      expect(a.state.epochs.current).toBeGreaterThan(stolenEpoch + 2);
    }
    expect(readable).toBeGreaterThan(10);
  });
}

/** A whole conversation on one tape of luck, and what an attacker reads of it who knows every secret but those of one mathematics. */
function readsOf(attacking: Suite): { readonly initial: boolean; readonly opened: number; readonly of: number } {
  const luck = luckOf('oracle');
  const [asha, bo] = [personOf(suite, luck), personOf(suite, luck)];
  const [ashas, bos] = [replayed(luckOf('asha')), replayed(luckOf('bo'))];
  const beginning = { us: asha.us, bundle: bo.prekey.bundle, content: text('Hodi'), invite: null, replaces: null };
  const begun = good(begin(suite, beginning, ashas.luck, startMs));
  const accepted = good(accept(suite, doorwayOf(bo), begun.envelope, bos.luck, startMs));
  const [a, b] = [endOf(suite, begun.state, ashas.luck), endOf(suite, accepted.state, bos.luck)];
  const attackersA = good(begin(attacking, beginning, ashas.again(0), startMs)).state;
  const heardB = accept(attacking, doorwayOf(bo), begun.envelope, bos.again(0), startMs);
  // Where the initial stays shut, at least the state is begun with what the attacker would believe.
  const fakeA = { ...attackersA, initialId: begun.state.initialId, id: begun.state.id };
  const twins = new Map<End, { state: SessionState; luck: Luck }>([
    [a, { state: fakeA, luck: ashas.again(2) }],
    [
      b,
      {
        state: isRefusal(heardB) ? { ...accepted.state, root: fakeA.root } : heardB.state,
        luck: bos.again(2),
      },
    ],
  ]);
  let [opened, of] = [0, 0];
  let now = startMs;
  const deliver = (from: End, to: End, envelope: Uint8Array): void => {
    const found = to.find(envelope)!;
    from.acknowledged(good(to.open(envelope, now)).n);
    of += 1;
    const twin = twins.get(to)!;
    const read = tryTwin(attacking, twin, found, envelope, now);
    opened += Number(read);
  };
  for (let at = 0; at < 80; at += 1) {
    now += 2_000;
    for (const [from, to] of [[b, a] as const, [a, b] as const]) {
      const envelopes = [...from.words(now), from.seal(text('x')).envelope];
      speakAlong(attacking, twins.get(from)!, now);
      for (const envelope of envelopes) deliver(from, to, envelope);
    }
  }
  return { initial: !isRefusal(heardB), opened, of };
}

test('to whom X25519 is broken, whole conversations stay shut; so for ML-KEM', () => {
  // The attacker who knows everything reads everything: the replay is faithful.
  const all = readsOf(suite);
  expect(all).toEqual({ initial: true, opened: all.of, of: all.of });
  expect(all.of).toBeGreaterThan(160);
  expect(readsOf(withoutKem(suite))).toEqual({ initial: false, opened: 0, of: all.of });
  expect(readsOf(withoutDh(suite))).toEqual({ initial: false, opened: 0, of: all.of });
});

test('who holds the prekey of a bundle, but not the device’s own key, reads who begins and nothing of what is said', () => {
  const { bo, begun } = twoOf(suite);
  const luck = luckOf('prekey');
  const other = personOf(suite, luck);
  const robbed = { ...bo, us: { ...bo.us, device: other.us.device } };
  expect(accept(suite, doorwayOf(robbed), begun.envelope, luck, startMs)).toEqual({ refused: 'bad-seal' });
});

/** The thief's machine on an envelope for the victim; the number is given to it. */
function follows(thief: End, found: FoundTag, envelope: Uint8Array, nowMs: number): boolean {
  thief.find = () => found;
  return attempt(() => !isRefusal(thief.open(envelope, nowMs)));
}

function tryTwin(
  attacking: Suite,
  twin: { state: SessionState; luck: Luck },
  found: FoundTag,
  envelope: Uint8Array,
  nowMs: number,
): boolean {
  return attempt(() => {
    const read = open(attacking, twin.state, found, envelope, twin.luck, nowMs);
    if (isRefusal(read)) return false;
    twin.state = read.state;
    return true;
  });
}

/** So that it counts as the true one counts. What it says itself is heard by nobody. */
function speakAlong(attacking: Suite, twin: { state: SessionState; luck: Luck }, nowMs: number): void {
  attempt(() => {
    const say = (content: Uint8Array): void => {
      twin.state = good(seal(attacking, renewLease(twin.state), content)).state;
    };
    for (let word = ownWord(attacking, twin.state, twin.luck, nowMs); word !== null;) {
      twin.state = word.state;
      say(word.content);
      word = ownWord(attacking, twin.state, twin.luck, nowMs);
    }
    say(text('x'));
    return true;
  });
}

/** An attacker whose state is wrong may trip over it. */
function attempt(work: () => boolean): boolean {
  try {
    return work();
  } catch {
    return false;
  }
}
