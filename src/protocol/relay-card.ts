/** What a relay says of itself at `/.well-known/wavu.json`: where it is dialled, and the Square it keeps. */
import { fromBase64url, toBase64url } from './bytes.ts';
import { parseRoomId } from './ids.ts';
import type { RoomId } from './ids.ts';
import { limits } from './limits.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import { secretBytes } from './room-keys.ts';

export interface RelayCard {
  /** Which app it serves; for people and logs, nothing is decided by it. */
  readonly build: string;
  readonly relay: {
    /** libp2p's own spelling (base58). */
    readonly peerId: string;
    /** Multiaddrs, the door this card came by first. */
    readonly addresses: readonly string[];
  };
  /** Where other relays of the same mesh are dialled. */
  readonly sisters: readonly string[];
  readonly square: SquareCard | null;
  /** Null: it lets everybody in. */
  readonly access: AccessCard | null;
}

/** The relay is for members of its owner's rooms. */
export interface AccessCard {
  /** What an owner link's word is about; of no use to read anything. */
  readonly realm: RoomId;
  /** Whom to ask for an invite; '': nobody owns it yet. */
  readonly owner: string;
}

export interface SquareCard {
  /** The public topic its bytes travel on. */
  readonly topic: string;
  /** A room secret that is no secret: whoever reaches the relay reads and writes here. */
  readonly openSecret: Uint8Array;
}

export const relayCardPath = '/.well-known/wavu.json';

export const encodeRelayCard = (card: RelayCard): string =>
  JSON.stringify({
    version,
    build: card.build,
    relay: card.relay,
    ...(card.sisters.length > 0 && { sisters: card.sisters }),
    square: card.square && { topic: card.square.topic, openSecret: toBase64url(card.square.openSecret) },
    ...(card.access && { access: card.access }),
  });

/** Takes parsed JSON. Fields it does not know are left alone; a field it cannot read is as if absent, but for the peer id. */
export function readRelayCard(json: unknown): RelayCard | Refusal {
  if (!isRecord(json)) return refuse('unknown-kind');
  // E4: unknown versions are refused.
  if (json['version'] !== version) return refuse('unknown-version');
  const relay = json['relay'];
  if (!isRecord(relay)) return refuse('truncated');
  const peerId = relay['peerId'];
  if (typeof peerId !== 'string' || !base58.test(peerId)) return refuse('bad-id');
  const build = json['build'];
  return {
    build: typeof build === 'string' && build.length <= mostLetters ? build : '',
    relay: { peerId, addresses: readAddresses(relay['addresses'], mostAddresses) },
    sisters: readAddresses(json['sisters'], limits.sisters),
    square: readSquare(json['square']),
    access: readAccess(json['access']),
  };
}

const version = 1;
const mostAddresses = 16;
const mostLetters = 256;
const base58 = /^[1-9A-HJ-NP-Za-km-z]{32,128}$/;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isAddress = (value: unknown): value is string =>
  typeof value === 'string' && value.startsWith('/') && value.length <= mostLetters;

const readAddresses = (told: unknown, most: number): readonly string[] =>
  Array.isArray(told) ? told.slice(0, most).filter(isAddress) : [];

function readAccess(value: unknown): AccessCard | null {
  if (!isRecord(value)) return null;
  const { realm: id, owner } = value;
  const realm = typeof id === 'string' ? parseRoomId(id) : null;
  return realm === null ? null : { realm, owner: typeof owner === 'string' && owner.length <= limits.nameBytes ? owner : '' };
}

function readSquare(value: unknown): SquareCard | null {
  if (!isRecord(value)) return null;
  const { topic, openSecret: text } = value;
  if (typeof topic !== 'string' || topic === '' || topic.length > mostLetters) return null;
  const openSecret = typeof text === 'string' && text.length <= mostLetters ? fromBase64url(text) : null;
  return openSecret?.length === secretBytes ? { topic, openSecret } : null;
}
