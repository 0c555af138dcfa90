/** Peers and topics as they stand in what pages and relays say to each other, and peers in what is said in rooms. */
import { bytesToHex } from '@noble/hashes/utils.js';
import { fromBase64url, toBase64url } from './bytes.ts';
import type { Reader, Writer } from './bytes.ts';
import { parsePeerId, parseTopic } from './ids.ts';
import type { PeerId, Topic } from './ids.ts';
import { limits } from './limits.ts';

export const readTopic = (read: Reader): Topic | null => parseTopic(bytesToHex(read.fixed(16)));

export const readPeer = (read: Reader): PeerId | null => parsePeerId(toBase64url(read.capped(limits.peerIdBytes)));

export const writePeer = (out: Writer, id: PeerId): Writer => out.capped(bytesOf(id));

// PeerIds only come from `parsePeerId`, whose alphabet is base64url; one of an impossible length encodes as nobody.
export const bytesOf = (id: PeerId): Uint8Array => fromBase64url(id) ?? new Uint8Array(0);
