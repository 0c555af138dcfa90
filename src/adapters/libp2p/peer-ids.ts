/** Our PeerId is the libp2p one in other letters: the multihash of an Ed25519 key, as base64url. */
import { publicKeyFromProtobuf } from '@libp2p/crypto/keys';
import { peerIdFromPublicKey } from '@libp2p/peer-id';
import type { PeerId as Libp2pPeerId } from '@libp2p/interface';
import { fromBase64url, toBase64url } from '../../protocol/bytes.ts';
import { parsePeerId } from '../../protocol/ids.ts';
import type { PeerId } from '../../protocol/ids.ts';

/** Identity multihash (0x00) of 36 bytes. */
const multihashHead = [0x00, 36] as const;

export function toPeerId(id: Libp2pPeerId): PeerId {
  const peer = parsePeerId(toBase64url(id.toMultihash().bytes));
  if (peer === null) throw new Error('a libp2p peer id longer than ours');
  return peer;
}

/** Null for anything but an Ed25519 key: other kinds carry no key in the id, or a slow one. */
export function fromPeerId(peer: PeerId): Libp2pPeerId | null {
  const bytes = fromBase64url(peer);
  if (bytes === null || bytes.length !== 38) return null;
  if (bytes[0] !== multihashHead[0] || bytes[1] !== multihashHead[1]) return null;
  try {
    const key = publicKeyFromProtobuf(bytes.subarray(2));
    return key.type === 'Ed25519' ? peerIdFromPublicKey(key) : null;
  } catch {
    return null;
  }
}
