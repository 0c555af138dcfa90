/** Mixes bytes into as many others as wanted: fast, the same everywhere, and no cryptography at all. */

/** `kind` and the boundaries between the parts count too. */
export function blend(kind: number, length: number, ...parts: readonly Uint8Array[]): Uint8Array {
  let [a, b, c, d] = [kind ^ 0x9e3779b9, 0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f];
  const absorb = (word: number): void => {
    const next = Math.imul(a ^ word, 0xcc9e2d51);
    a = Math.imul(b ^ ((next << 15) | (next >>> 17)), 0x1b873593);
    b = (c + next) | 0;
    c = d ^ (a >>> 13);
    d = (((a << 7) | (a >>> 25)) + next) | 0;
  };
  for (const part of parts) {
    absorb(part.length);
    const whole = part.length - (part.length % 4);
    for (let at = 0; at < whole; at += 4) {
      absorb(part[at]! | (part[at + 1]! << 8) | (part[at + 2]! << 16) | (part[at + 3]! << 24));
    }
    let last = 0;
    for (let at = whole; at < part.length; at += 1) last = (last << 8) | part[at]!;
    absorb(last);
  }
  // Enough that the last word absorbed reaches every bit of all four.
  for (let round = 0; round < 8; round += 1) absorb(round);
  const words = new Uint32Array(Math.ceil(length / 4));
  for (let at = 0; at < words.length; at += 1) {
    absorb(at);
    words[at] = finish((a ^ Math.imul(c, 0x9e3779b1)) + b);
  }
  return new Uint8Array(words.buffer, 0, length);
}

function finish(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
