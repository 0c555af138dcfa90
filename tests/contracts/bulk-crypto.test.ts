/** The bulk-crypto contract in Node: the memory twin on each suite, and the browser's adapter on Node's WebCrypto and on none. */
import { expect, test } from 'vitest';
import { createBulkCrypto as createMemoryBulkCrypto } from '../../src/adapters/memory/bulk-crypto.ts';
import { nodeCryptoSuite } from '../../src/adapters/node-crypto/suite.ts';
import { createBulkCrypto as createWebBulkCrypto } from '../../src/adapters/webcrypto/bulk-crypto.ts';
import { nobleSuite } from '../../src/protocol/suite/noble.ts';
import { bulkCryptoContract } from './bulk-crypto.contract.ts';

test.each([
  ...bulkCryptoContract('[bulk-crypto] memory, noble:', async () => createMemoryBulkCrypto(nobleSuite)),
  ...bulkCryptoContract('[bulk-crypto] memory, node-crypto:', async () => createMemoryBulkCrypto(nodeCryptoSuite)),
  ...bulkCryptoContract('[bulk-crypto] WebCrypto in Node:', async () => createWebBulkCrypto(crypto.subtle)),
  ...bulkCryptoContract('[bulk-crypto] no WebCrypto:', async () => createWebBulkCrypto(undefined)),
  ...bulkCryptoContract('[bulk-crypto] WebCrypto without Ed25519:', async () => createWebBulkCrypto(withoutEd25519())),
])('$name', async ({ run }) => {
  await expect(run()).resolves.toBeUndefined();
});

function withoutEd25519(): SubtleCrypto {
  return new Proxy(crypto.subtle, {
    get: (subtle, name: keyof SubtleCrypto) => {
      const asked = subtle[name] as (...args: readonly unknown[]) => Promise<unknown>;
      return async (...args: readonly unknown[]): Promise<unknown> => {
        if (args.includes('Ed25519')) throw new DOMException('Unrecognized name.', 'NotSupportedError');
        return await asked.apply(subtle, [...args]);
      };
    },
  });
}
