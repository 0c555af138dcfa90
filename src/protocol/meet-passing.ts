/** What is handed on, as it stands in a frame of `/wavu/meet/1` behind version and kind. Most of what a relay does is this: made and read at once, not field by field. */
import { toBase64url } from './bytes.ts';
import { parsePeerId } from './ids.ts';
import type { PeerId } from './ids.ts';
import { limits } from './limits.ts';
import { bytesOf } from './meet-ids.ts';

export function writePassing(version: number, kind: number, who: PeerId, bytes: Uint8Array): Uint8Array {
  const id = bytesOf(who);
  const out = new Uint8Array(3 + id.length + bytes.length);
  out[0] = version;
  out[1] = kind;
  out[2] = id.length;
  out.set(id, 3);
  out.set(bytes, 3 + id.length);
  return out;
}

/** Null: to be looked at field by field, which says what is wrong with it. */
export function readPassing(frame: Uint8Array): { readonly who: PeerId; readonly bytes: Uint8Array } | null {
  const from = 3 + (frame[2] ?? limits.frameBytes);
  if (from > 3 + limits.peerIdBytes || from > frame.length || frame.length - from > limits.passBytes) return null;
  const who = parsePeerId(toBase64url(frame.subarray(3, from)));
  // No copy: whoever keeps it takes one, and whoever hands it on needs none.
  return who && { who, bytes: frame.subarray(from) };
}
