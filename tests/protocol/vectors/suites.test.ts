/** Every file of test vectors that the suite touches, on both suites. */
import crypto from 'node:crypto';
import { expect, test } from 'vitest';
import { nodeCryptoSuite } from '../../../src/adapters/node-crypto/suite.ts';
import type { Subject } from './check.ts';
import { curveChecks } from './curves.ts';
import { kemChecks } from './kem.ts';
import { nobleSubject } from './noble-subject.ts';
import { symmetricChecks } from './symmetric.ts';
import { readVectors, whyNoVectors } from './vector-files.ts';

// Node before 24.7 has no ML-KEM: its suite is noble's there, and so is what lies beneath.
const hasKem = typeof crypto.decapsulate === 'function';
const nodeSubject: Subject = {
  suite: nodeCryptoSuite,
  expandedDecapsulate: hasKem ? expandedDecapsulate : nobleSubject.expandedDecapsulate,
};
const checks = { ...symmetricChecks, ...curveChecks, ...kemChecks };
const rows = [nobleSubject, nodeSubject].flatMap((subject) => Object.entries(checks).map(([what, check]) => ({ what, check, subject })));

test.for(rows)('[suite] $subject.suite.name passes $what', async ({ what, check, subject }, { skip }) => {
  if (whyNoVectors !== null) return skip(whyNoVectors);
  const tally = await check(subject, readVectors);
  process.stderr.write(`${subject.suite.name}: ${what}: ${tally.checked} checked, ${tally.notOurs} not ours\n`);
  expect(tally.wrong).toEqual([]);
  expect(tally.checked).toBeGreaterThan(0);
});

function expandedDecapsulate(key: Uint8Array, ciphertext: Uint8Array): Uint8Array | null {
  // The length stands in the prefix.
  if (key.length !== 2_400) return null;
  try {
    const prefix = Buffer.from('30820978020100300b06096086480165030404020482096404820960', 'hex');
    const imported = crypto.createPrivateKey({ key: Buffer.concat([prefix, key]), format: 'der', type: 'pkcs8' });
    return new Uint8Array(crypto.decapsulate(imported, ciphertext));
  } catch {
    return null;
  }
}
