/** Reads a QR code off a screen, as a camera would. */
import { decodeQR } from 'qr/decode.js';
import type { Seen } from './seen.ts';

export function readScreen({ size, path }: NonNullable<Seen['code']>): string {
  const side = size * dotsPerModule;
  const data = new Uint8Array(side * side * 4).fill(255);
  for (const [, x = '', y = ''] of path.matchAll(/M(\d+) (\d+)h1/g)) {
    for (let row = Number(y) * dotsPerModule; row < (Number(y) + 1) * dotsPerModule; row += 1) {
      for (let column = Number(x) * dotsPerModule; column < (Number(x) + 1) * dotsPerModule; column += 1)
        data.fill(0, (row * side + column) * 4, (row * side + column) * 4 + 3);
    }
  }
  return decodeQR({ width: side, height: side, data });
}

const dotsPerModule = 4;
