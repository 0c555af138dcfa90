/** Seeded luck: sfc32 streams named by a path, so that one more node shifts nobody else's. */

export interface Random {
  /** Whole, 0 to 2^32 - 1. */
  word(): number;
  /** At least 0, below 1, in steps of 2^-32. */
  share(): number;
  /** Whole, at least 0, below `limit`. */
  below(limit: number): number;
  chance(share: number): boolean;
  bytes(length: number): Uint8Array;
  /** Another stream. Depends on the seed and the label alone, never on what was drawn before. */
  fork(label: string): Random;
}

export const createRandom = (path: string): Random => {
  let [a, b, c] = seedWords(path);
  let counter = 1;

  const word = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  const share = (): number => word() / 2 ** 32;
  for (let warm = 0; warm < 12; warm += 1) word();

  return {
    word,
    share,
    below: (limit) => Math.floor(share() * limit),
    chance: (part) => part > 0 && share() < part,
    bytes: (length) => {
      const bytes = new Uint8Array(length);
      for (let at = 0; at < length; at += 4) {
        const drawn = word();
        for (let part = 0; part < 4 && at + part < length; part += 1) bytes[at + part] = drawn >>> (8 * part);
      }
      return bytes;
    },
    fork: (label) => createRandom(`${path}/${label}`),
  };
};

/** Three words from any text, so that near names are far apart (the mixing of xmur3). */
const seedWords = (text: string): [number, number, number] => {
  let mixed = 1_779_033_703 ^ text.length;
  for (let at = 0; at < text.length; at += 1) {
    mixed = Math.imul(mixed ^ text.charCodeAt(at), 3_432_918_353);
    mixed = (mixed << 13) | (mixed >>> 19);
  }
  const next = (): number => {
    mixed = Math.imul(mixed ^ (mixed >>> 16), 2_246_822_507);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 3_266_489_909);
    mixed ^= mixed >>> 16;
    return mixed | 0;
  };
  return [next(), next(), next()];
};
