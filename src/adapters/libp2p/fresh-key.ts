/** The key of one start. The browser makes it where it can: noble's first one costs 30 ms of the page's own time. */
import { generateKeyPair, privateKeyFromRaw } from '@libp2p/crypto/keys';
import type { PrivateKey } from '@libp2p/interface';
import { concat, fromBase64url } from '../../protocol/bytes.ts';

export async function createFreshKey(): Promise<PrivateKey> {
  try {
    const pair = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify']);
    if (!('privateKey' in pair)) throw new Error('no pair');
    const { d, x } = await crypto.subtle.exportKey('jwk', pair.privateKey);
    const [seed, open] = [fromBase64url(d ?? ''), fromBase64url(x ?? '')];
    if (seed?.length !== keyBytes || open?.length !== keyBytes) throw new Error('no Ed25519');
    return privateKeyFromRaw(concat([seed, open]));
  } catch {
    return await generateKeyPair('Ed25519');
  }
}

const keyBytes = 32;
