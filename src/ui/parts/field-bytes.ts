/** Keeps what is typed within what a peer accepts. */

/** What peers accept, in UTF-8 bytes; the app refuses more. */
export const nameBytes = 48;
export const roomNameBytes = 64;
export const textBytes = 8_000;

const encoder = new TextEncoder();

export function byteLength(text: string): number {
  return encoder.encode(text).length;
}

/** Cuts at whole characters. */
export function clip(text: string, bytes: number): string {
  if (byteLength(text) <= bytes) return text;
  let kept = '';
  let used = 0;
  for (const letter of text) {
    used += byteLength(letter);
    if (used > bytes) break;
    kept += letter;
  }
  return kept;
}
