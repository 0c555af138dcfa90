/**
 * What a page and a relay say on a thin door, byte for byte.
 *
 * `wavu.meet.1` on a WebSocket, whose channel must be private already (wss, or this machine), in one round trip:
 *   page  → 1 · its Ed25519 key 32 · nonce 32
 *   relay → 1 · challenge 32 · its key 32 · signature 64 over `relaySigns`
 *   page  → 1 · signature 64 over `pageSigns`, and at once what it has to say
 * After that each message is one byte of channel and a body. Channel 0: one frame of `/wavu/meet/1`. Channel 1: bytes of a
 * libp2p connection that the page begins; an empty body ends it, each side says so once, and then another may begin.
 */
import { concat, toBase64url } from '../../protocol/bytes.ts';
import { parsePeerId } from '../../protocol/ids.ts';
import type { PeerId } from '../../protocol/ids.ts';

export const thinProtocol = 'wavu.meet.1';
export const meetChannel = 0;
export const libp2pChannel = 1;
export const keyBytes = 32;
export const nonceBytes = 32;
const signatureBytes = 64;
const version = 1;

export interface Hello {
  readonly pageKey: Uint8Array;
  readonly nonce: Uint8Array;
}
export interface Challenge {
  readonly challenge: Uint8Array;
  readonly relayKey: Uint8Array;
  readonly signature: Uint8Array;
}
export interface Proof {
  readonly signature: Uint8Array;
}
/** Why bytes are none of these three. */
export type BadBytes = 'short' | 'long' | 'unknown-version';

export const encodeHello = ({ pageKey, nonce }: Hello): Uint8Array => concat([Uint8Array.of(version), pageKey, nonce]);

export function decodeHello(bytes: Uint8Array): Hello | BadBytes {
  const fields = cut(bytes, [keyBytes, nonceBytes]);
  return typeof fields === 'string' ? fields : { pageKey: fields[0]!, nonce: fields[1]! };
}

export const encodeChallenge = ({ challenge, relayKey, signature }: Challenge): Uint8Array =>
  concat([Uint8Array.of(version), challenge, relayKey, signature]);

export function decodeChallenge(bytes: Uint8Array): Challenge | BadBytes {
  const fields = cut(bytes, [nonceBytes, keyBytes, signatureBytes]);
  return typeof fields === 'string' ? fields : { challenge: fields[0]!, relayKey: fields[1]!, signature: fields[2]! };
}

export const encodeProof = ({ signature }: Proof): Uint8Array => concat([Uint8Array.of(version), signature]);

export function decodeProof(bytes: Uint8Array): Proof | BadBytes {
  const fields = cut(bytes, [signatureBytes]);
  return typeof fields === 'string' ? fields : { signature: fields[0]! };
}

/** The relay's word is good for this page and this nonce alone. */
export const relaySigns = (hello: Hello, challenge: Uint8Array): Uint8Array =>
  concat([context('relay'), hello.nonce, challenge, hello.pageKey]);

/** The page's word is good for this challenge of this relay alone. */
export const pageSigns = (pageKey: Uint8Array, challenge: Uint8Array, relayKey: Uint8Array): Uint8Array =>
  concat([context('page'), challenge, relayKey, pageKey]);

/** The PeerId libp2p computes of an Ed25519 key: an identity multihash of the key's protobuf. */
export function peerIdOfKey(key: Uint8Array): PeerId {
  const id = parsePeerId(toBase64url(multihashOf(key)));
  if (id === null) throw new Error('not an Ed25519 key');
  return id;
}

/** The same in libp2p's letters, as it stands behind `/p2p/`. */
export function libp2pNameOfKey(key: Uint8Array): string {
  let number = 0n;
  for (const byte of multihashOf(key)) number = number * 256n + BigInt(byte);
  let text = '';
  for (; number > 0n; number /= 58n) text = base58[Number(number % 58n)]! + text;
  // The one leading zero byte of the multihash.
  return `1${text}`;
}

/** Whether nobody on the way can read: the thin door has no Noise of its own. */
export function isPrivateWay(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'wss:' || (protocol === 'ws:' && thisMachine.test(hostname));
}

const thisMachine = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;
const base58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

const multihashOf = (key: Uint8Array): Uint8Array => concat([Uint8Array.of(0, 36, 8, 1, 18, keyBytes), key]);

const context = (side: 'relay' | 'page'): Uint8Array => new TextEncoder().encode(`wavu meet 1 ${side}\0`);

function cut(bytes: Uint8Array, lengths: readonly number[]): readonly Uint8Array[] | BadBytes {
  if (bytes.length > 0 && bytes[0] !== version) return 'unknown-version';
  const wanted = lengths.reduce((sum, length) => sum + length, 1);
  if (bytes.length !== wanted) return bytes.length < wanted ? 'short' : 'long';
  let at = 1;
  return lengths.map((length) => {
    at += length;
    // Copies: they outlive the message they came in.
    return bytes.slice(at - length, at);
  });
}
