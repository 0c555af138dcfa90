/** The vectors that fit bulk cryptography: whole messages sealed and opened, digests, and batches of signatures. */
import type { BulkCrypto } from '../../../src/ports/bulk-crypto.ts';
import { createCounter } from './check.ts';
import type { ReadVectors, Tally } from './check.ts';
import { cctvSignatures, wycheproofSignatures } from './curves.ts';
import type { SignatureCase } from './curves.ts';
import { aesGcmCases } from './symmetric.ts';

type BulkCheck = (bulk: BulkCrypto, read: ReadVectors) => Promise<Tally>;

const aesGcm: BulkCheck = async (bulk, read) => {
  const counter = createCounter();
  for (const { name, key, nonce, bound, plain, sealed, isGood, isOurs } of await aesGcmCases(read)) {
    if (isOurs) {
      counter.is(`${name} open`, await bulk.open(key, nonce, sealed, bound), isGood ? plain : null);
      if (isGood) counter.is(`${name} seal`, await bulk.seal(key, nonce, plain, bound), sealed);
    } else {
      counter.notOurs();
      const rejected = await bulk.open(key, nonce, sealed, bound).then(
        () => false,
        () => true,
      );
      counter.is(`${name} is rejected`, rejected, true);
    }
  }
  return counter.done();
};

/** One batch of them all, so that good and bad ones stand side by side. */
const signatures =
  (from: (read: ReadVectors) => Promise<readonly SignatureCase[]>): BulkCheck =>
  async (bulk, read) => {
    const counter = createCounter();
    const cases = await from(read);
    const answers = await bulk.verifyAll(cases);
    cases.forEach(({ name, isGood }, at) => counter.is(name, answers[at] ?? null, isGood));
    return counter.done();
  };

export const bulkChecks: Readonly<Record<string, BulkCheck>> = {
  'Wycheproof AES-256-GCM': aesGcm,
  'Wycheproof Ed25519': signatures(wycheproofSignatures),
  'CCTV Ed25519 edge cases': signatures(cctvSignatures),
};
