/** Where those meet who came by the same relay, of whatever rooms: who later carry for each other. */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { createWriter } from './bytes.ts';
import type { PeerId, Topic } from './ids.ts';

export const neighbourhoodOn = (relay: PeerId, day: number): Topic =>
  bytesToHex(hmac(sha256, utf8ToBytes(`wavu/1 neighbourhood ${relay}`), createWriter().u64(day).done()).subarray(0, 16)) as Topic;
