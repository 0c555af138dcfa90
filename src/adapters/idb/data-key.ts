/**
 * The key that seals this device's records: random, made once, and kept wrapped by a key that the browser holds and does not
 * give out ("device key", the weakest way of a key box: whoever runs code at this origin can use it).
 *
 * Part of the shell, so WIRE.md's key box is laid out by hand here: the protocol's own readers would weigh 2 kB.
 * tests/adapters/idb-rows.test.ts holds the two against each other.
 */
import type { Luck } from '../../protocol/suite/suite.ts';
import { aesGcm, own } from './aes-gcm.ts';
import type { KeptKey } from './shelves.ts';

export interface OpenedKey {
  readonly records: CryptoKey;
  /** Where it is new: to be written with the first records. */
  readonly kept: KeptKey | null;
}

/** Null where the browser makes no such key. */
export async function makeDataKey(store: string, luck: Luck): Promise<OpenedKey | null> {
  try {
    // Typed for every algorithm there is: only some make pairs.
    const wrap = (await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256', length: 256 }, false, ['sign'])) as CryptoKey;
    const box = new Uint8Array(boxBytes);
    box.set([version, deviceKeyWay]);
    box.set(luck(saltBytes), saltAt);
    // What a passphrase would cost stays 0.
    box.set(luck(nonceBytes), nonceAt);
    const dataKey = own(luck(keyBytes));
    box.set(new Uint8Array(await crypto.subtle.encrypt(sealOf(box), await wrappingKey(wrap, box), dataKey)), sealedAt);
    return { records: await recordsKey(dataKey, store), kept: { wrap, box } };
  } catch {
    return null;
  }
}

/** Null for a box that is spoiled, or not this key's. */
export async function openDataKey({ wrap, box }: KeptKey, store: string): Promise<OpenedKey | null> {
  try {
    // All before it is bound to the sealed key: of another version, or for another way, it does not open.
    const sealed = own(box.subarray(sealedAt));
    const dataKey = await crypto.subtle.decrypt(sealOf(box), await wrappingKey(wrap, box), sealed);
    return { records: await recordsKey(new Uint8Array(dataKey), store), kept: null };
  } catch {
    // Whatever lies there, it is not the key.
    return null;
  }
}

const version = 2;
const deviceKeyWay = 3;
const keyBytes = 32;
const saltBytes = 16;
const nonceBytes = 12;
const saltAt = 2;
const nonceAt = 23;
const sealedAt = nonceAt + nonceBytes;
const boxBytes = sealedAt + keyBytes + 16;

const sealOf = (box: Uint8Array): AesGcmParams => aesGcm(box.subarray(nonceAt, sealedAt), box.subarray(0, sealedAt));

async function wrappingKey(wrap: CryptoKey, box: Uint8Array): Promise<CryptoKey> {
  const salt = own(box.subarray(saltAt, saltAt + saltBytes));
  return await derive(new Uint8Array(await crypto.subtle.sign('HMAC', wrap, salt)), salt, 'device key');
}

const recordsKey = (dataKey: Uint8Array, store: string): Promise<CryptoKey> =>
  derive(dataKey, new Uint8Array(0), `record${store}`);

/** The secret's bytes are not kept: from here on only WebCrypto holds them. */
async function derive(secret: Uint8Array, salt: Uint8Array, what: string): Promise<CryptoKey> {
  const from = await crypto.subtle.importKey('raw', own(secret), 'HKDF', false, ['deriveKey']);
  secret.fill(0);
  const how = { name: 'HKDF', hash: 'SHA-512', salt: own(salt), info: new TextEncoder().encode(`wavu/2 ${what}`) };
  return await crypto.subtle.deriveKey(how, from, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}
