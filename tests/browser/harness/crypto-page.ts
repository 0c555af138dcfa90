/** Runs in a page: the suite of pages on its vectors, and WebCrypto on the contract and on the vectors that fit it. */
import { createBulkCrypto } from '../../../src/adapters/webcrypto/bulk-crypto.ts';
import type { BulkCrypto } from '../../../src/ports/bulk-crypto.ts';
import type { Suite } from '../../../src/protocol/suite/suite.ts';
import { bulkCryptoContract } from '../../contracts/bulk-crypto.contract.ts';
import { bulkChecks } from '../../protocol/vectors/bulk.ts';
import type { Tally } from '../../protocol/vectors/check.ts';
import { curveChecks } from '../../protocol/vectors/curves.ts';
import { kemChecks } from '../../protocol/vectors/kem.ts';
import { nobleSubject } from '../../protocol/vectors/noble-subject.ts';
import { symmetricChecks } from '../../protocol/vectors/symmetric.ts';

export interface CryptoPage {
  readonly suite: Suite;
  /** On WebCrypto as this browser has it. */
  readonly bulk: BulkCrypto;
  /** `holds`, or what does not. */
  runCase(name: string): Promise<string>;
  runSuiteCheck(name: string): Promise<Tally>;
  runBulkCheck(name: string): Promise<Tally>;
  hasNativeSignatures(): Promise<boolean>;
}

const bulk = createBulkCrypto(crypto.subtle);
const suiteChecks = { ...symmetricChecks, ...curveChecks, ...kemChecks };
const cases = bulkCryptoContract('[bulk-crypto]', async () => bulk);

const readServed = async (path: string): Promise<string> => {
  const answer = await fetch(`/vectors/${path}`);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return await answer.text();
};

function must<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('no such check');
  return value;
}

const page: CryptoPage = {
  suite: nobleSubject.suite,
  bulk,
  runCase: async (name) =>
    await must(cases.find((each) => each.name === name))
      .run()
      .then(
        () => 'holds',
        (error: unknown) => String(error),
      ),
  runSuiteCheck: async (name) => await must(suiteChecks[name])(nobleSubject, readServed),
  runBulkCheck: async (name) => await must(bulkChecks[name])(bulk, readServed),
  hasNativeSignatures: async () =>
    await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']).then(
      () => true,
      () => false,
    ),
};
Object.assign(globalThis, { cryptoPage: page });
