/** A recovery code as people write it down and type it in. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeRecoveryCode, encodeRecoveryCode } from '../../../src/protocol/rest/recovery-code.ts';
import { refuse } from '../../../src/protocol/refusal.ts';
import { luckOf, suite } from '../people/persons.ts';
import { recoverySecret } from './decoders.ts';

const words = encodeRecoveryCode(suite, recoverySecret);
const read = (text: string): unknown => decodeRecoveryCode(suite, text);
const badWord = (word: number | null): object => ({ refused: 'bad-word', word });

test('seventeen words come back, however they are written', () => {
  expect(words.length).toBe(17);
  for (const text of [
    words.join(' '),
    words.join('-'),
    words.join('').toUpperCase(),
    `  ${words.join('\n')}  `,
    words.map((word, at) => `${at + 1}. ${word},`).join('\r\n'),
    words.map((word) => `${word.slice(0, 2)} ${word.slice(2)}`).join('   '),
    words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join(' – '),
    // Full-width letters, as some keyboards have them.
    Array.from(words.join(' '), (letter) =>
      letter === ' ' ? '\u3000' : String.fromCharCode(letter.charCodeAt(0) + 0xfee0),
    ).join(''),
  ])
    expect([text, read(text)]).toEqual([text, recoverySecret]);
});

test('a word that is none is named', () => {
  for (const wrong of ['lusxb', 'lusa', 'lusabb', 'çusab', 'lus4b', 'hello'])
    for (const at of [0, 8, 16]) {
      expect([wrong, read(words.with(at, wrong).join(' '))]).toEqual([wrong, badWord(at + 1)]);
    }
});

test('a word that is one, but not the right one, is mostly named too', () => {
  let named = 0;
  const other = (letter: string): string => (letter === 'b' ? 'd' : 'b');
  for (let run = 0; run < 12; run += 1) {
    const code = encodeRecoveryCode(suite, luckOf(`run ${run}`)(32));
    for (const [at, word] of code.entries()) {
      const answer = read(code.with(at, other(word[0]!) + word.slice(1)).join(' '));
      // Never taken, and never blamed on a word for certain where two would cure it.
      expect([badWord(at + 1), badWord(null)]).toContainEqual(answer);
      if ((answer as { word: number | null }).word !== null) named += 1;
    }
  }
  expect(named).toBeGreaterThan(190);
  // Among so many there are some for which it would be a guess.
  expect(named).toBeLessThan(12 * 17);
});

test('two words exchanged, and two letters wrong, are refused', () => {
  const exchanged = words.with(3, words[4]!).with(4, words[3]!);
  expect(read(exchanged.join(' '))).toMatchObject({ refused: 'bad-word' });
  expect(read(words.with(0, 'babab').with(1, 'zuzuz').join(' '))).toMatchObject({ refused: 'bad-word' });
});

test('too few and too many are said so, and a book is not read', () => {
  expect(read(words.slice(1).join(' '))).toEqual(refuse('truncated'));
  expect(read('')).toEqual(refuse('truncated'));
  expect(read([...words, 'babab'].join(' '))).toEqual(refuse('too-many'));
  expect(read('babab '.repeat(1_000))).toEqual(refuse('too-big'));
});

test('[E1] whatever is typed, it never throws, and takes nothing by mistake', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      expect(read(text)).toHaveProperty('refused');
    }),
    { seed: 20_261_120 },
  );
});
