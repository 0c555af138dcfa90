/** Checks hash, mac, kdf, seal and open against Wycheproof. */
import type { Suite } from '../../../src/protocol/suite/suite.ts';
import { createCounter, fromHex, throws, wycheproof } from './check.ts';
import type { Check, ReadVectors } from './check.ts';

interface AeadGroup {
  readonly ivSize: number;
  readonly keySize: number;
  readonly tagSize: number;
}
interface AeadTest {
  readonly key: string;
  readonly iv: string;
  readonly aad: string;
  readonly msg: string;
  readonly ct: string;
  readonly tag: string;
}

export interface AeadCase {
  readonly name: string;
  readonly key: Uint8Array;
  readonly nonce: Uint8Array;
  readonly bound: Uint8Array;
  readonly plain: Uint8Array;
  readonly sealed: Uint8Array;
  readonly isGood: boolean;
  /** Of the sizes that we use. */
  readonly isOurs: boolean;
}

export const aesGcmCases = async (read: ReadVectors): Promise<readonly AeadCase[]> =>
  (await wycheproof<AeadGroup, AeadTest>(read, 'aes_gcm')).map(({ group, test }) => ({
    name: `aes-gcm ${test.tcId}`,
    key: fromHex(test.key),
    nonce: fromHex(test.iv),
    bound: fromHex(test.aad),
    plain: fromHex(test.msg),
    sealed: fromHex(test.ct + test.tag),
    isGood: test.result === 'valid',
    isOurs: group.ivSize === 96 && group.keySize === 256 && group.tagSize === 128,
  }));

const aesGcm: Check = async ({ suite }, read) => {
  const counter = createCounter();
  for (const { name, key, nonce, bound, plain, sealed, isGood, isOurs } of await aesGcmCases(read)) {
    if (isOurs) {
      counter.is(`${name} open`, suite.open(key, nonce, sealed, bound), isGood ? plain : null);
      if (isGood) counter.is(`${name} seal`, suite.seal(key, nonce, plain, bound), sealed);
    } else {
      counter.notOurs();
      counter.is(
        `${name} is thrown`,
        throws(() => suite.open(key, nonce, sealed, bound)),
        true,
      );
    }
  }
  return counter.done();
};

interface HkdfCase {
  readonly ikm: string;
  readonly salt: string;
  readonly info: string;
  readonly size: number;
  readonly okm: string;
}

const hkdf: Check = async ({ suite }, read) => {
  const counter = createCounter();
  for (const { test } of await wycheproof<unknown, HkdfCase>(read, 'hkdf_sha512')) {
    const derive = (): Uint8Array => suite.kdf(fromHex(test.salt), fromHex(test.ikm), fromHex(test.info), test.size);
    const name = `hkdf ${test.tcId}`;
    if (test.result === 'valid') counter.is(name, derive(), fromHex(test.okm));
    else counter.is(name, throws(derive), true);
  }
  return counter.done();
};

interface MacCase {
  readonly key: string;
  readonly msg: string;
  readonly tag: string;
}

type Mac = (suite: Suite, key: Uint8Array, bytes: Uint8Array) => Uint8Array;

const macs =
  (file: string, mac: Mac): Check =>
  async ({ suite }, read) => {
    const counter = createCounter();
    for (const { test } of await wycheproof<unknown, MacCase>(read, file)) {
      const tag = fromHex(test.tag);
      const found = mac(suite, fromHex(test.key), fromHex(test.msg)).subarray(0, tag.length);
      if (test.result === 'valid') counter.is(`${file} ${test.tcId}`, found, tag);
      else counter.is(`${file} ${test.tcId}`, found.join() === tag.join(), false);
    }
    return counter.done();
  };

/** Nothing of ours is an HMAC-SHA-256, but made of the suite's SHA-256 it proves that one. */
const hmacOfHash: Mac = ({ hash }, key, bytes) => {
  const block = new Uint8Array(64);
  block.set(key.length > 64 ? hash(key) : key);
  const padded = (pad: number, rest: Uint8Array): Uint8Array => {
    const whole = new Uint8Array(64 + rest.length);
    whole.set(block.map((byte) => byte ^ pad));
    whole.set(rest, 64);
    return hash(whole);
  };
  return padded(0x5c, padded(0x36, bytes));
};

export const symmetricChecks: Readonly<Record<string, Check>> = {
  'Wycheproof AES-256-GCM': aesGcm,
  'Wycheproof HKDF-SHA-512': hkdf,
  'Wycheproof HMAC-SHA-512': macs('hmac_sha512', ({ mac }, key, bytes) => mac(key, bytes)),
  'Wycheproof HMAC-SHA-256, so SHA-256': macs('hmac_sha256', hmacOfHash),
};
