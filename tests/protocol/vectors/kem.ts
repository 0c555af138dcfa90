/** Checks ML-KEM-768 against Wycheproof, NIST's ACVP and CCTV. */
import { isGoodKemKey } from '../../../src/protocol/suite/admission.ts';
import { sizes } from '../../../src/protocol/suite/suite.ts';
import { createCounter, fromHex, throws, wycheproof } from './check.ts';
import type { Check, Counter, ReadVectors, Subject } from './check.ts';

type Fields = Readonly<Record<'c' | 'd' | 'dk' | 'ek' | 'k' | 'K' | 'm' | 'seed' | 'z', string>>;

const keygen: Check = async ({ suite }, read) => {
  const counter = createCounter();
  for (const { test } of await wycheproof<unknown, Fields>(read, 'mlkem_768_keygen_seed'))
    counter.is(`keygen ${test.tcId}`, suite.kemPublic(fromHex(test.seed)), fromHex(test.ek));
  return counter.done();
};

const encapsulate: Check = async (subject, read) => {
  const counter = createCounter();
  for (const { test } of await wycheproof<unknown, Fields>(read, 'mlkem_768_encaps'))
    checkEncapsulation(counter, `encaps ${test.tcId}`, subject, test, test.result === 'valid' ? test.K : null);
  return counter.done();
};

const wholeWay: Check = async ({ suite }, read) => {
  const counter = createCounter();
  for (const { test } of await wycheproof<unknown, Fields>(read, 'mlkem_768')) {
    const [secret, ciphertext] = [fromHex(test.seed), fromHex(test.c)];
    const name = `mlkem ${test.tcId}`;
    if (secret.length !== sizes.kemSecret) {
      counter.is(
        name,
        throws(() => suite.decapsulate(secret, ciphertext)),
        true,
      );
      continue;
    }
    if (test.result === 'valid') counter.is(`${name} key`, suite.kemPublic(secret), fromHex(test.ek));
    counter.is(name, suite.decapsulate(secret, ciphertext), test.result === 'valid' ? fromHex(test.K) : null);
  }
  return counter.done();
};

/** The suite knows seeds alone: an expanded key is no secret of ours, but the library beneath must still do it right. */
const expanded: Check = async ({ suite, expandedDecapsulate }, read) => {
  const counter = createCounter();
  for (const { test } of await wycheproof<unknown, Fields>(read, 'mlkem_768_semi_expanded_decaps')) {
    const [key, ciphertext] = [fromHex(test.dk), fromHex(test.c)];
    const name = `expanded ${test.tcId}`;
    counter.notOurs();
    counter.is(
      `${name} is thrown`,
      throws(() => suite.decapsulate(key, ciphertext)),
      true,
    );
    counter.is(name, expandedDecapsulate(key, ciphertext), test.result === 'valid' ? fromHex(test.K) : null);
  }
  return counter.done();
};

interface AcvpGroup {
  readonly parameterSet: string;
  readonly function?: string;
  readonly tests: readonly (Fields & { readonly tcId: number; readonly testPassed?: boolean; readonly reason?: string })[];
}

async function acvp(read: ReadVectors, folder: string): Promise<readonly AcvpGroup[]> {
  const file = JSON.parse(await read(`acvp/${folder}/internalProjection.json.gz`)) as { readonly testGroups: readonly AcvpGroup[] };
  return file.testGroups;
}

const acvpKeygen: Check = async ({ suite }, read) => {
  const counter = createCounter();
  for (const { parameterSet, tests } of await acvp(read, 'ML-KEM-keyGen-FIPS203')) {
    for (const { tcId, d, z, ek } of tests) {
      if (parameterSet === 'ML-KEM-768') counter.is(`acvp keygen ${tcId}`, suite.kemPublic(fromHex(d + z)), fromHex(ek));
      else counter.notOurs();
    }
  }
  return counter.done();
};

const acvpBothWays: Check = async (subject, read) => {
  const counter = createCounter();
  for (const { parameterSet, function: what, tests } of await acvp(read, 'ML-KEM-encapDecap-FIPS203')) {
    for (const test of tests) {
      const name = `acvp ${what} ${test.tcId}`;
      if (parameterSet !== 'ML-KEM-768') counter.notOurs();
      else if (what === 'encapsulation') checkEncapsulation(counter, name, subject, test, test.k);
      else if (what === 'decapsulation')
        counter.is(name, subject.expandedDecapsulate(fromHex(test.dk), fromHex(test.c)), fromHex(test.k));
      else if (what === 'encapsulationKeyCheck') checkKey(counter, name, subject, fromHex(test.ek), test.testPassed === true);
      // Asked of the expanded key: any ciphertext will do.
      else
        counter.is(
          name,
          subject.expandedDecapsulate(fromHex(test.dk), new Uint8Array(sizes.kemCiphertext)) !== null,
          test.testPassed === true,
        );
    }
  }
  return counter.done();
};

const cctvLines = async (read: ReadVectors, folder: string): Promise<Fields> => {
  const lines = (await read(`cctv/ML-KEM/${folder}/ML-KEM-768.txt`)).matchAll(/^(\w+) = ([0-9a-f]+)$/gm);
  return Object.fromEntries(Array.from(lines, ([, name, value]) => [name, value])) as Fields;
};

/** CCTV's d is from FIPS 203's draft, which expanded it to another key: everything else of its files still holds. */
const wholeCctv =
  (folder: string): Check =>
  async (subject, read) => {
    const counter = createCounter();
    const fields = await cctvLines(read, folder);
    counter.notOurs();
    checkEncapsulation(counter, `${folder} encaps`, subject, fields, fields.K);
    counter.is(`${folder} decaps`, subject.expandedDecapsulate(fromHex(fields.dk), fromHex(fields.c)), fromHex(fields.K));
    return counter.done();
  };

const strcmp: Check = async ({ expandedDecapsulate }, read) => {
  const counter = createCounter();
  const { dk, c, K } = await cctvLines(read, 'strcmp');
  counter.is('strcmp', expandedDecapsulate(fromHex(dk), fromHex(c)), fromHex(K));
  return counter.done();
};

const modulus: Check = async (subject, read) => {
  const counter = createCounter();
  const keys = (await read('cctv/ML-KEM/modulus/ML-KEM-768.txt.gz')).trim().split('\n');
  keys.forEach((key, at) => checkKey(counter, `modulus ${at}`, subject, fromHex(key), false));
  return counter.done();
};

function checkEncapsulation(counter: Counter, name: string, { suite }: Subject, { ek, m, c }: Fields, shared: string | null): void {
  const made = suite.encapsulate(fromHex(ek), fromHex(m));
  counter.is(`${name} secret`, made?.shared ?? null, shared === null ? null : fromHex(shared));
  if (shared !== null) counter.is(`${name} ciphertext`, made?.ciphertext ?? null, fromHex(c));
}

function checkKey(counter: Counter, name: string, { suite }: Subject, key: Uint8Array, isGood: boolean): void {
  counter.is(name, suite.encapsulate(key, new Uint8Array(sizes.kemLuck)) !== null, isGood);
  counter.is(`${name} admission`, isGoodKemKey(key), isGood);
}

export const kemChecks: Readonly<Record<string, Check>> = {
  'Wycheproof ML-KEM-768 keys from seeds': keygen,
  'Wycheproof ML-KEM-768 encapsulation': encapsulate,
  'Wycheproof ML-KEM-768 whole way': wholeWay,
  'Wycheproof ML-KEM-768 expanded keys': expanded,
  'ACVP ML-KEM-768 keys': acvpKeygen,
  'ACVP ML-KEM-768 both ways': acvpBothWays,
  'CCTV ML-KEM-768 step by step': wholeCctv('intermediate'),
  'CCTV ML-KEM-768 unlucky sampling': wholeCctv('unluckysample'),
  'CCTV ML-KEM-768 strcmp': strcmp,
  'CCTV ML-KEM-768 modulus': modulus,
};
