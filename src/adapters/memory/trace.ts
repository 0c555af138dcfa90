/** Folds everything that happens into one number: two runs of a seed are the same run exactly if these agree. */

export interface Trace {
  word(value: number): void;
  text(value: string): void;
  bytes(value: Uint8Array): void;
  /** 16 hex digits over all that came so far. */
  hash(): string;
}

export const createTrace = (): Trace => {
  let left = 0x6a09e667;
  let right = 0xbb67ae85;
  const known = new Map<string, number>();

  const word = (value: number): void => {
    left = Math.imul(left ^ value, 2_654_435_761);
    left ^= left >>> 15;
    right = Math.imul(right ^ value, 1_597_334_677);
    right = (right + left) | 0;
    right ^= right >>> 13;
  };

  return {
    word,
    text: (value) => {
      let folded = known.get(value);
      if (folded === undefined) {
        folded = foldText(value);
        if (known.size < 100_000) known.set(value, folded);
      }
      word(folded);
    },
    bytes: (value) => {
      word(value.length);
      word(foldBytes(value));
    },
    hash: () => hex(left) + hex(right),
  };
};

/** FNV-1a over bytes, 32 bits. */
export const foldBytes = (bytes: Uint8Array): number => {
  let folded = 0x811c9dc5;
  for (let at = 0; at < bytes.length; at += 1) folded = Math.imul(folded ^ (bytes[at] ?? 0), 16_777_619);
  return folded >>> 0;
};

const foldText = (text: string): number => {
  let folded = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) folded = Math.imul(folded ^ text.charCodeAt(at), 16_777_619);
  return folded >>> 0;
};

const hex = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');
