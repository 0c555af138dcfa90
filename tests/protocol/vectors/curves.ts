/** Checks dh and verify against Wycheproof, and verify against CCTV's edge cases. */
import { createCounter, fromHex, wycheproof } from './check.ts';
import type { Check, ReadVectors } from './check.ts';

interface DhCase {
  readonly public: string;
  readonly private: string;
  readonly shared: string;
}

/** "Acceptable" are odd spellings and twist points, computed as RFC 7748 says; all zero is ours to refuse. */
const x25519: Check = async ({ suite }, read) => {
  const counter = createCounter();
  for (const { test } of await wycheproof<unknown, DhCase>(read, 'x25519')) {
    const shared = fromHex(test.shared);
    const wanted = shared.every((byte) => byte === 0) ? null : shared;
    counter.is(`x25519 ${test.tcId}`, suite.dh(fromHex(test.private), fromHex(test.public)), wanted);
  }
  return counter.done();
};

/** A signature, and whether a strict verifier takes it. */
export interface SignatureCase {
  readonly name: string;
  readonly key: Uint8Array;
  readonly bytes: Uint8Array;
  readonly signature: Uint8Array;
  readonly isGood: boolean;
}

export async function wycheproofSignatures(read: ReadVectors): Promise<readonly SignatureCase[]> {
  const all = await wycheproof<{ publicKey: { pk: string } }, { msg: string; sig: string }>(read, 'ed25519');
  return all.map(({ group, test }) => ({
    name: `ed25519 ${test.tcId}`,
    key: fromHex(group.publicKey.pk),
    bytes: fromHex(test.msg),
    signature: fromHex(test.sig),
    isGood: test.result === 'valid',
  }));
}

/**
 * Flags a strict, cofactorless verifier refuses. What is left may have a component of small order in A or R: no list of points
 * finds those, and as long as everybody is cofactorless all agree on them.
 */
const refusedFlags = ['low_order_A', 'low_order_R', 'non_canonical_A', 'non_canonical_R', 'low_order_residue', 'reencoded_k'];

export async function cctvSignatures(read: ReadVectors): Promise<readonly SignatureCase[]> {
  const all = JSON.parse(await read('cctv/ed25519/ed25519vectors.json')) as readonly {
    readonly number: number;
    readonly key: string;
    readonly sig: string;
    readonly msg: string;
    readonly flags: readonly string[] | null;
  }[];
  return all.map(({ number, key, sig, msg, flags }) => ({
    name: `cctv ed25519 ${number} ${flags?.join() ?? ''}`,
    key: fromHex(key),
    bytes: new TextEncoder().encode(msg),
    signature: fromHex(sig),
    isGood: !refusedFlags.some((flag) => flags?.includes(flag)),
  }));
}

const signatures =
  (from: (read: ReadVectors) => Promise<readonly SignatureCase[]>): Check =>
  async ({ suite }, read) => {
    const counter = createCounter();
    for (const { name, key, bytes, signature, isGood } of await from(read))
      counter.is(name, suite.verify(key, bytes, signature), isGood);
    return counter.done();
  };

export const curveChecks: Readonly<Record<string, Check>> = {
  'Wycheproof X25519': x25519,
  'Wycheproof Ed25519': signatures(wycheproofSignatures),
  'CCTV Ed25519 edge cases': signatures(cctvSignatures),
};
