/** The bytes of a conversation that peers, and our own disk, agree on. Where one changes, its version changes with it. */
import { expect, test } from 'vitest';
import { encodePair, emptyPair, withBegun } from '../../../src/protocol/conversation/pair.ts';
import { encodeSession } from '../../../src/protocol/conversation/session-state.ts';
import { nobleSuite } from '../../../src/protocol/suite/noble.ts';
import { good, startMs, text, twoOf } from './two.ts';

test('the same luck gives the bytes it always gave', () => {
  const { begun, a, b } = twoOf(nobleSuite, 'frozen');
  const [offer] = b.words(startMs);
  good(a.open(offer!, startMs));
  const [answer] = a.words(startMs);
  good(b.open(answer!, startMs + 5_000));
  const { envelope } = b.seal(text('Hodi!'));
  const hashOf = (bytes: Uint8Array): string => Buffer.from(nobleSuite.hash(bytes)).toString('hex').slice(0, 16);
  expect({
    initial: hashOf(begun.envelope),
    offer: hashOf(offer!),
    answer: hashOf(answer!),
    envelope: hashOf(envelope),
    // At home only.
    session: hashOf(encodeSession(b.state)),
    pair: hashOf(encodePair(good(withBegun(emptyPair, begun, startMs)).pair)),
  }).toMatchInlineSnapshot(`
    {
      "answer": "712fb7f21ce3c9c0",
      "envelope": "73de15d7d82cfd83",
      "initial": "920b7356dab04c16",
      "offer": "53475fb88f725103",
      "pair": "730b584bdacace21",
      "session": "12dbd80246aaab77",
    }
  `);
});
