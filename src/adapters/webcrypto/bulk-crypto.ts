/** The bulk-crypto port on the browser's WebCrypto, with noble for what a browser or an insecure origin lacks. */
import type { BulkCrypto, SignedBytes } from '../../ports/bulk-crypto.ts';
import { isGoodSignature, isGoodSignKey } from '../../protocol/suite/admission.ts';
import { needLength } from '../../protocol/suite/lengths.ts';
import { nobleSuite } from '../../protocol/suite/noble.ts';
import { sizes } from '../../protocol/suite/suite.ts';

/** `subtle` is undefined on an insecure origin. */
export function createBulkCrypto(subtle: SubtleCrypto | undefined): BulkCrypto {
  if (subtle === undefined) return nobleBulk;
  let knowsSignatures: Promise<boolean> | undefined;
  return {
    digest: async (bytes) => new Uint8Array(await subtle.digest('SHA-256', own(bytes))),
    seal: async (key, nonce, plain, bound) => {
      const cipher = await importCipher(subtle, key, nonce, 'encrypt');
      return new Uint8Array(await subtle.encrypt(aesGcm(nonce, bound), cipher, own(plain)));
    },
    open: async (key, nonce, sealed, bound) => {
      const cipher = await importCipher(subtle, key, nonce, 'decrypt');
      if (sealed.length < sizes.sealTag) return null;
      const opened = await orNull(subtle.decrypt(aesGcm(nonce, bound), cipher, own(sealed)));
      return opened && new Uint8Array(opened);
    },
    verifyAll: async (batch) => {
      knowsSignatures ??= importSigner(subtle, knownPoint).then((key) => key !== null);
      if (!(await knowsSignatures)) return await nobleBulk.verifyAll(batch);
      const keys = new Map<string, Promise<CryptoKey | null>>();
      const keyOf = (bytes: Uint8Array): Promise<CryptoKey | null> => {
        const name = bytes.join();
        const key = keys.get(name) ?? importSigner(subtle, bytes);
        keys.set(name, key);
        return key;
      };
      return await Promise.all(batch.map((signed) => verify(subtle, keyOf, signed)));
    },
  };
}

const nobleBulk: BulkCrypto = {
  digest: async (bytes) => nobleSuite.hash(bytes),
  seal: async (key, nonce, plain, bound) => nobleSuite.seal(key, nonce, plain, bound),
  open: async (key, nonce, sealed, bound) => nobleSuite.open(key, nonce, sealed, bound),
  verifyAll: async (batch) => batch.map(({ key, bytes, signature }) => nobleSuite.verify(key, bytes, signature)),
};

/** The base point, which every implementation must take. */
const knownPoint = new Uint8Array(sizes.signKey).fill(0x66);
knownPoint[0] = 0x58;

/** Browsers take the identity as a key, and any signature made for it: what admission refuses never reaches them. */
async function verify(
  subtle: SubtleCrypto,
  keyOf: (bytes: Uint8Array) => Promise<CryptoKey | null>,
  { key, bytes, signature }: SignedBytes,
): Promise<boolean> {
  if (!isGoodSignKey(key) || !isGoodSignature(signature)) return false;
  const imported = await keyOf(key);
  return imported !== null && (await subtle.verify('Ed25519', imported, own(signature), own(bytes)));
}

/** Null for no point at all, which some browsers notice here and others when they verify. */
const importSigner = (subtle: SubtleCrypto, bytes: Uint8Array): Promise<CryptoKey | null> =>
  orNull(subtle.importKey('raw', own(bytes), 'Ed25519', false, ['verify']));

async function importCipher(
  subtle: SubtleCrypto,
  key: Uint8Array,
  nonce: Uint8Array,
  use: 'encrypt' | 'decrypt',
): Promise<CryptoKey> {
  needLength(key, sizes.sealKey, 'seal key');
  needLength(nonce, sizes.nonce, 'nonce');
  return await subtle.importKey('raw', own(key), 'AES-GCM', false, [use]);
}

const aesGcm = (nonce: Uint8Array, bound: Uint8Array): AesGcmParams => ({
  name: 'AES-GCM',
  iv: own(nonce),
  additionalData: own(bound),
});

const orNull = <Result>(work: Promise<Result>): Promise<Result | null> => work.catch(() => null);

/** WebCrypto refuses shared memory; nobody here has any. */
const own = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => bytes as Uint8Array<ArrayBuffer>;
