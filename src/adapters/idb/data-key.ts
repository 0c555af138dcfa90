/**
 * The key that seals this device's records: random, made once, and kept wrapped by a key that the browser holds and does not
 * give out ("device key", the weakest way of a key box: whoever runs code at this origin can use it).
 */
import { concat } from '../../protocol/bytes.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import { decodeKeyBox, keyBoxHead, keyBoxInfo, saltBytes } from '../../protocol/rest/key-box.ts';
import { recordKeyInfo } from '../../protocol/rest/record.ts';
import { nothing } from '../../protocol/suite/label.ts';
import { sizes } from '../../protocol/suite/suite.ts';
import type { Luck } from '../../protocol/suite/suite.ts';
import type { KeptKey } from './shelves.ts';

export interface MadeKey {
  /** For the records of this store. */
  readonly records: CryptoKey;
  /** To be written with the first of them. */
  readonly kept: KeptKey;
}

/** Null where the browser makes no such key. */
export async function makeDataKey(store: string, luck: Luck): Promise<MadeKey | null> {
  try {
    // Typed for every algorithm there is: only some make pairs.
    const wrap = (await crypto.subtle.generateKey({ ...prf, length: 256 }, false, ['sign'])) as CryptoKey;
    const [dataKey, salt, nonce] = [own(luck(sizes.sealKey)), luck(saltBytes), luck(sizes.nonce)];
    const head = keyBoxHead('device-key', salt, nonce);
    const wrapping = await wrappingKey(wrap, salt);
    const sealed = await crypto.subtle.encrypt(aesGcm(nonce, head), wrapping, dataKey);
    const records = await recordsKey(dataKey, store);
    return { records, kept: { wrap, box: concat([head, new Uint8Array(sealed)]) } };
  } catch {
    return null;
  }
}

/** Null for a box that is spoiled, or not this key's. */
export async function openDataKey({ wrap, box }: KeptKey, store: string): Promise<CryptoKey | null> {
  try {
    const read = decodeKeyBox(box);
    if (isRefusal(read) || read.way !== 'device-key') return null;
    const head = box.subarray(0, box.length - read.sealed.length);
    const wrapping = await wrappingKey(wrap, read.salt);
    const dataKey = new Uint8Array(await crypto.subtle.decrypt(aesGcm(read.nonce, head), wrapping, own(read.sealed)));
    return await recordsKey(dataKey, store);
  } catch {
    // Whatever lies there, it is not the key.
    return null;
  }
}

export const aesGcm = (nonce: Uint8Array, bound: Uint8Array): AesGcmParams => ({
  name: 'AES-GCM',
  iv: own(nonce),
  additionalData: own(bound),
});

/** None of our buffers is shared between threads, which is what WebCrypto refuses. */
export const own = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => bytes as Uint8Array<ArrayBuffer>;

/** One key, one salt: 32 bytes that nobody without the key can tell. */
const prf = { name: 'HMAC', hash: 'SHA-256' } as const;

const wrappingKey = async (wrap: CryptoKey, salt: Uint8Array): Promise<CryptoKey> =>
  await derive(new Uint8Array(await crypto.subtle.sign('HMAC', wrap, own(salt))), salt, keyBoxInfo('device-key'));

/** The bytes are not kept: from here on only WebCrypto holds them. */
const recordsKey = (dataKey: Uint8Array, store: string): Promise<CryptoKey> => derive(dataKey, nothing, recordKeyInfo(store));

async function derive(secret: Uint8Array, salt: Uint8Array, info: Uint8Array): Promise<CryptoKey> {
  const from = await crypto.subtle.importKey('raw', own(secret), 'HKDF', false, ['deriveKey']);
  secret.fill(0);
  const how = { name: 'HKDF', hash: 'SHA-512', salt: own(salt), info: own(info) };
  return await crypto.subtle.deriveKey(how, from, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}
