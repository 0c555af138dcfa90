/** Reads along on every link, with the room's key in hand: how often each kind of thing arrived at a device. */
import type { OpenMembers } from '../../src/app/members/open.ts';
import type { Content } from '../../src/protocol/content.ts';
import { decodeOwnContent } from '../../src/protocol/content.ts';
import { envelopeIdOf, openEnvelope } from '../../src/protocol/envelope.ts';
import { decodeCast } from '../../src/protocol/cast.ts';
import { decodeFrame } from '../../src/protocol/frame.ts';
import { decodeInvite } from '../../src/protocol/invite.ts';
import { decodeMeet } from '../../src/protocol/meet.ts';
import { isRefusal } from '../../src/protocol/refusal.ts';
import { deriveRoomKeys } from '../../src/protocol/room-keys.ts';
import type { RoomKeys } from '../../src/protocol/room-keys.ts';

export interface Wiretap {
  /** Before this everything counts as `other`. */
  useInvite(invite: string): void;
  arrived(frame: Uint8Array, isFromRelay: boolean, at: string): void;
  openMembers(device: string): OpenMembers;
  copies(): Readonly<Record<Seen, number>>;
  bytes(): number;
}

export type Seen = Content['kind'] | 'ping' | 'other';

export const createWiretap = (): Wiretap => {
  const kinds = new Map<string, Seen>();
  const copies: Record<Seen, number> = { message: 0, receipt: 0, summary: 0, ping: 0, other: 0 };
  let keys: RoomKeys | null = null;
  let bytes = 0;

  const kindOf = (envelope: Uint8Array): Seen => {
    if (keys === null) return 'other';
    const id = envelopeIdOf(envelope);
    const known = kinds.get(id);
    if (known !== undefined) return known;
    const signed = openEnvelope(keys, envelope);
    const content = isRefusal(signed) ? signed : decodeOwnContent(signed);
    const kind = isRefusal(content) ? 'other' : content.kind;
    kinds.set(id, kind);
    return kind;
  };

  const look = (frame: Uint8Array): Seen => {
    const decoded = decodeFrame(frame);
    if (isRefusal(decoded)) return 'other';
    if (decoded.kind === 'cast') {
      const word = decodeCast(decoded.bytes);
      return !isRefusal(word) && word.kind === 'given' ? look(word.frame) : 'other';
    }
    if (decoded.kind === 'meet') {
      const met = decodeMeet(decoded.bytes);
      return !isRefusal(met) && met.kind === 'passed' ? look(met.bytes) : 'other';
    }
    return decoded.kind === 'envelope' ? kindOf(decoded.bytes) : 'ping';
  };

  return {
    useInvite: (text) => {
      const invite = decodeInvite(text);
      if (isRefusal(invite)) throw new Error(`wiretap: ${invite.refused}`);
      keys = deriveRoomKeys(invite.secret);
    },
    arrived: (frame, isFromRelay) => {
      bytes += frame.length;
      const met = isFromRelay ? decodeMeet(frame) : null;
      if (met === null) copies[look(frame)] += 1;
      else copies[!isRefusal(met) && met.kind === 'passed' ? look(met.bytes) : 'other'] += 1;
    },
    openMembers: () => {
      throw new Error('wiretap: it reads open rooms alone');
    },
    copies: () => copies,
    bytes: () => bytes,
  };
};
