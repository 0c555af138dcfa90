/** Bytes as words to read aloud, 16 bits each: consonant, vowel, consonant, vowel, consonant. The same in every language. */

/** Of an even number of bytes. */
export function wordsOf(bytes: Uint8Array): readonly string[] {
  return Array.from({ length: bytes.length >> 1 }, (_, at) => wordOf((bytes[at * 2]! << 8) | bytes[at * 2 + 1]!));
}

/** The 16 bits, or null for what is no word. */
export function wordValue(word: string): number | null {
  if (word.length !== shape.length) return null;
  let value = 0;
  for (const [at, letters] of shape.entries()) {
    const found = letters.indexOf(word[at]!);
    if (found < 0) return null;
    value = value * letters.length + found;
  }
  return value;
}

export const wordLetters = 5;

const consonants = 'bdfghjklmnprstvz';
const vowels = 'aiou';
/** Which letters may stand where. */
export const shape: readonly string[] = [consonants, vowels, consonants, vowels, consonants];

const wordOf = (value: number): string =>
  consonants[value >> 12]! +
  vowels[(value >> 10) & 3]! +
  consonants[(value >> 6) & 15]! +
  vowels[(value >> 4) & 3]! +
  consonants[value & 15]!;
