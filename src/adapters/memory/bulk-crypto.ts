/** The bulk-crypto port on a suite: the answer comes in the same turn. */
import type { BulkCrypto } from '../../ports/bulk-crypto.ts';
import type { Suite } from '../../protocol/suite/suite.ts';

export const createBulkCrypto = (suite: Suite): BulkCrypto => ({
  digest: async (bytes) => suite.hash(bytes),
  seal: async (key, nonce, plain, bound) => suite.seal(key, nonce, plain, bound),
  open: async (key, nonce, sealed, bound) => suite.open(key, nonce, sealed, bound),
  verifyAll: async (batch) => batch.map(({ key, bytes, signature }) => suite.verify(key, bytes, signature)),
});
