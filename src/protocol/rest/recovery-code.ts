/** The secret of the backups as seventeen words on paper; the last one checks the others. */
import { concat, createWriter, isEqual } from '../bytes.ts';
import { shape, wordLetters, wordsOf, wordValue } from '../people/words.ts';
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { labelled } from '../suite/label.ts';
import type { Suite } from '../suite/suite.ts';

/** Which word to look at again, counted from 1; null where none stands out. */
export interface BadWord extends Refusal {
  readonly refused: 'bad-word';
  readonly word: number | null;
}

/** Of 32 bytes of luck. */
export const encodeRecoveryCode = (suite: Suite, secret: Uint8Array): readonly string[] =>
  wordsOf(concat([secret, checkOf(suite, secret)]));

/** In any case, however spaced, hyphenated, numbered or run together. */
export function decodeRecoveryCode(suite: Suite, text: string): Uint8Array | Refusal | BadWord {
  if (text.length > mostLetters) return refuse('too-big');
  const words = wordsIn(text);
  if (words.length !== wordCount) return refuse(words.length < wordCount ? 'truncated' : 'too-many');
  const values = words.map(wordValue);
  if (!values.every((value) => value !== null)) return badWord(values.indexOf(null));
  return checked(suite, values) ?? badWord(likeliest(suite, words, values));
}

const secretBytes = 32;
const checkBytes = 2;
const wordCount = (secretBytes + checkBytes) / 2;
const mostLetters = 500;

const checkOf = (suite: Suite, secret: Uint8Array): Uint8Array => suite.hash(labelled('recovery', secret)).slice(0, checkBytes);

const badWord = (at: number | null): BadWord => ({ refused: 'bad-word', word: at === null ? null : at + 1 });

function wordsIn(text: string): readonly string[] {
  const apart = text
    .normalize('NFKC')
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((part) => /\P{N}/u.test(part));
  if (apart.length === wordCount) return apart;
  const together = apart.join('');
  return together.length === wordCount * wordLetters ? (together.match(/.{5}/gu) ?? []) : apart;
}

function checked(suite: Suite, values: readonly number[]): Uint8Array | null {
  const all = createWriter();
  for (const value of values) all.u16(value);
  const bytes = all.done();
  const secret = bytes.slice(0, secretBytes);
  return isEqual(checkOf(suite, secret), bytes.subarray(secretBytes)) ? secret : null;
}

/** The one word in which another letter would make everything right. By chance another place does so too, once in a hundred. */
function likeliest(suite: Suite, words: readonly string[], values: readonly number[]): number | null {
  const found = words.flatMap((word, at) => {
    const isCure = (other: string): boolean => checked(suite, values.with(at, wordValue(other)!)) !== null;
    return neighbours(word).some(isCure) ? [at] : [];
  });
  return found.length === 1 ? found[0]! : null;
}

/** Every word that is one letter away. */
const neighbours = (word: string): readonly string[] =>
  shape.flatMap((letters, at) =>
    Array.from(letters, (letter) => word.slice(0, at) + letter + word.slice(at + 1)).filter((other) => other !== word),
  );
