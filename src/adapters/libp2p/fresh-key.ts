/** The key of one start, as libp2p holds it: made by the browser where it can. */
import { generateKeyPair, privateKeyFromRaw } from '@libp2p/crypto/keys';
import type { PrivateKey } from '@libp2p/interface';
import { concat, fromBase64url } from '../../protocol/bytes.ts';

export async function keyFrom(made: JsonWebKey | null): Promise<PrivateKey> {
  const [seed, open] = [fromBase64url(made?.d ?? ''), fromBase64url(made?.x ?? '')];
  if (seed?.length !== keyBytes || open?.length !== keyBytes) return await generateKeyPair('Ed25519');
  return privateKeyFromRaw(concat([seed, open]));
}

const keyBytes = 32;
