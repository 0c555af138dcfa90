/** What goes over the wire, read by a second implementation that was written from WIRE.md alone. */
import { expect, test } from 'vitest';
import { nodeCryptoSuite } from '../../../src/adapters/node-crypto/suite.ts';
import { createRandom } from '../../../src/adapters/memory/random.ts';
import { accept } from '../../../src/protocol/conversation/accept.ts';
import { begin } from '../../../src/protocol/conversation/begin.ts';
import type { Luck, Suite } from '../../../src/protocol/suite/suite.ts';
import { replay } from '../second/conversation.ts';
import { openInitial } from '../second/initial.ts';
import { doorwayOf, endOf, good, hourMs, luckOf, personOf, startMs } from './two.ts';

const answers = new Map<string, Uint8Array>();
const suite: Suite = {
  ...nodeCryptoSuite,
  encapsulate: (theirs, luck) => {
    const made = nodeCryptoSuite.encapsulate(theirs, luck);
    if (made !== null) answers.set(Buffer.from(made.ciphertext).toString('hex'), made.shared);
    return made;
  },
};
const entry = (said: string): Uint8Array => new Uint8Array([1, 0, 0, 0, 0, 9, 1, 0, ...Buffer.from(said)]);

/** Luck whose draws are kept, as the secrets of one side. */
function kept(seed: string): { readonly luck: Luck; readonly draws: Uint8Array[] } {
  const [luck, draws] = [luckOf(seed), [] as Uint8Array[]];
  return {
    draws,
    luck: (length) => {
      const bytes = luck(length);
      draws.push(bytes);
      return bytes.slice();
    },
  };
}

test.each(['plain', 'invited', 'reset'])('the second reader opens a whole conversation as it was meant: %s', (how) => {
  const luck = luckOf('second');
  const [asha, bo] = [personOf(suite, luck), personOf(suite, luck)];
  const [ashas, bos] = [kept(`asha ${how}`), kept(`bo ${how}`)];
  const psk = new Uint8Array(32).fill(6);
  const invite = how === 'invited' ? { id: new Uint8Array(16).fill(5), psk } : null;
  const replaces = how === 'reset' ? new Uint8Array(32).fill(4) : null;
  const begun = good(
    begin(suite, { us: asha.us, bundle: bo.prekey.bundle, content: entry('Hodi'), invite, replaces }, ashas.luck, startMs),
  );
  const accepted = good(accept(suite, doorwayOf(bo, { pskOf: () => psk }), begun.envelope, bos.luck, startMs));
  const initial = openInitial(begun.envelope, {
    ...{ bundle: bo.prekey.bundle.bytes, deviceDh: bo.us.device.dhSecret },
    ...{ prekeyDh: bo.prekey.secrets.dhSecret, prekeyKemSeed: bo.prekey.secrets.kemSecret },
    ...(invite === null ? {} : { psk }),
  });
  expect(initial.bytes).toEqual(entry('Hodi'));
  expect(initial.sentMs).toBe(startMs);
  expect(initial.initialId).toEqual(begun.state.initialId);
  expect(initial.sessionId).toEqual(begun.state.id);
  expect(initial.a).toEqual(accepted.a);

  const [a, b] = [endOf(suite, begun.state, ashas.luck), endOf(suite, accepted.state, bos.luck)];
  const random = createRandom(`second ${how}`);
  const sealed: { readonly envelope: Uint8Array; readonly content: Uint8Array | null; readonly n: number }[] = [];
  let now = startMs;
  for (let at = 0; at < 400; at += 1) {
    now += random.chance(0.01) ? hourMs : random.below(2_500);
    const [from, to] = random.chance(0.5) ? [a, b] : [b, a];
    for (const word of [...from.words(now), null]) {
      const content = word === null ? entry(`${at} ${'x'.repeat(random.below(300))}`) : null;
      const one = content === null ? { envelope: word!, n: from.state.sending.next - 1 } : from.seal(content);
      from.acknowledged(one.n);
      // One in six never arrives: its number is passed over. What the sessions say does, to go through many epochs.
      if (word === null && random.chance(0.16)) continue;
      good(to.open(one.envelope, now));
      sealed.push({ ...one, content });
    }
  }
  // Once by who holds what the one side drew, once the other.
  for (const { draws } of [ashas, bos]) {
    const ratchet = draws.filter(({ length }) => length === 32);
    const kemSeeds = draws.filter(({ length }) => length === 64);
    const second = replay(initial, { ratchet, kemSeeds, kemAnswers: draws === ashas.draws ? answers : new Map() });
    for (const { envelope, content, n } of sealed) {
      const read = second.open(envelope);
      expect(read.n).toBe(n);
      expect(suite.hash(read.a).subarray(0, 16)).toEqual(envelope.subarray(1, 17));
      if (content !== null) expect(read.bytes).toEqual(content);
    }
  }
  expect(b.state.epochs.current).toBeGreaterThan(4);
  expect(sealed.some(({ envelope }) => envelope.length > 223)).toBe(true);
});
