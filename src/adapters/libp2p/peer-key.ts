/** The Ed25519 key that a PeerId holds: the way back from `peerIdOfKey`. Apart from it, because the shell has no use for it. */
import { fromBase64url } from '../../protocol/bytes.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { keyBytes, peerIdOfKey } from './thin-bytes.ts';

/** Null for names of another kind: only Ed25519 keys stand in their names whole. */
export function keyOfPeerId(peer: PeerId): Uint8Array | null {
  const key = fromBase64url(peer)?.slice(-keyBytes);
  return key?.length === keyBytes && peerIdOfKey(key) === peer ? key : null;
}
