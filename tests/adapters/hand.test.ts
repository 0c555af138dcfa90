/** A signal by hand is open to read and to change: who gives a name that is not theirs gets no link under it. */
import { afterEach, expect, test } from 'vitest';
import { createNobleKey } from '../../src/adapters/libp2p/page-key.ts';
import { decodeHandSignal, encodeHandSignal } from '../../src/adapters/libp2p/signal-bytes.ts';
import { isRefusal } from '../../src/protocol/refusal.ts';
import { never, openPerson } from './people.ts';
import type { Person } from './people.ts';

let people: Person[] = [];
afterEach(async () => {
  await Promise.all(people.map(async (person) => person.network.close()));
  people = [];
});
const openOne = async (): Promise<Person> => {
  const person = await openPerson();
  people.push(person);
  return person;
};

const inTheNameOf = (key: Uint8Array, bytes: Uint8Array): Uint8Array => {
  const signal = decodeHandSignal(bytes);
  if (isRefusal(signal)) throw new Error(signal.refused);
  return encodeHandSignal({ ...signal, key });
};

test('neither an offer nor an answer in somebody else’s name comes to a link', async () => {
  const famous = createNobleKey().publicKey;
  const [ann, bob] = [await openOne(), await openOne()];
  const offer = await ann.network.offer(never());
  const answer = await bob.network.answer(offer.bytes, never());
  if (answer.state !== 'answered') throw new Error(answer.why);
  expect(await offer.accept(inTheNameOf(famous, answer.bytes))).toEqual({ state: 'refused', why: 'unreachable' });
  expect(await answer.opened).toEqual({ state: 'refused', why: 'unreachable' });

  const posed = await ann.network.offer(never());
  const taken = await bob.network.answer(inTheNameOf(famous, posed.bytes), never());
  if (taken.state !== 'answered') throw new Error(taken.why);
  // Bob's answer names the offer he saw: even to one who lets that pass, he proves himself for the famous one alone.
  expect(await posed.accept(taken.bytes)).toEqual({ state: 'refused', why: 'bad-signal' });
  expect([ann.network.links(), bob.network.links()]).toEqual([[], []]);
});
