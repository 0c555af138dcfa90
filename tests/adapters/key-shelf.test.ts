/** The shelf of imported keys stays as small as it was made, and keeps what is used. */
import { createSecretKey } from 'node:crypto';
import { expect, test } from 'vitest';
import { createKeyShelf } from '../../src/adapters/node-crypto/key-shelf.ts';

test('[suite] a key is imported once while it is used, and again after it had to go', () => {
  const imported: number[] = [];
  const shelf = createKeyShelf(2, (bytes) => {
    imported.push(bytes[0] ?? -1);
    return createSecretKey(bytes);
  });
  const ask = (name: number): number | undefined => shelf(Uint8Array.of(name, 7)).export()[0];
  expect([1, 2, 1, 3, 1, 2].map(ask)).toEqual([1, 2, 1, 3, 1, 2]);
  // 3 pushed 2 out, not 1, which was asked for in between.
  expect(imported).toEqual([1, 2, 3, 2]);
});
