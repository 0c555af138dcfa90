/** A way into a room as a link: version 1 for open rooms, where the link is all, version 2 for rooms of members. */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { createReader, createWriter } from '../bytes.ts';
import { hasExpired } from '../hour.ts';
import type { OperationId, RoomId } from '../ids.ts';
import { decodeInvite } from '../invite.ts';
import type { Invite } from '../invite.ts';
import { limits } from '../limits.ts';
import { isRefusal, refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { label } from '../suite/label.ts';
import { sizes } from '../suite/suite.ts';
import type { Suite } from '../suite/suite.ts';
import { linkBytes, linkText } from './link-text.ts';

export interface MemberInvite {
  readonly room: RoomId;
  /** The signed operation that gives the authority; the link itself gives none (F1). */
  readonly operation: OperationId;
  readonly secret: Uint8Array;
  /** The first 16 bytes of the inviter's personId: whom the newcomer expects. */
  readonly inviter: Uint8Array;
  readonly expiresHour: number;
  /** What the inviter calls the room. */
  readonly name: string;
  /** Addresses of relays to look at, unread here. */
  readonly relays: readonly string[];
}

export type InviteLink = ({ readonly kind: 'open' } & Invite) | ({ readonly kind: 'members' } & MemberInvite);

/** What stands behind the `#`. */
export function encodeMemberInvite(invite: MemberInvite): string {
  const out = createWriter()
    .u8(version)
    .fixed(hexToBytes(invite.room))
    .fixed(hexToBytes(invite.operation))
    .fixed(invite.secret)
    .fixed(invite.inviter)
    .u32(invite.expiresHour)
    .text(invite.name)
    .u8(invite.relays.length);
  for (const relay of invite.relays) out.text(relay);
  return linkText(place, out.done());
}

/** One door for both kinds: the first byte tells which it is. */
export function decodeInviteLink(text: string, nowMs: number): InviteLink | Refusal {
  const bytes = linkBytes(place, text);
  if (isRefusal(bytes)) return bytes;
  if (bytes[0] === version) return decodeMemberInvite(bytes, nowMs);
  const open = decodeInvite(linkText(place, bytes));
  return isRefusal(open) ? open : { kind: 'open', ...open };
}

export interface InviteKeys {
  /** Ed25519: its public half stands in the invite operation, and the request carries its proof. */
  readonly signSecret: Uint8Array;
  /** Goes into the session that answers the knock. */
  readonly psk: Uint8Array;
  /** Where to meet, and where to leave a knock. */
  readonly castSecret: Uint8Array;
  readonly boxSecret: Uint8Array;
}

export function inviteKeys(suite: Suite, invite: Pick<MemberInvite, 'room' | 'secret'>): InviteKeys {
  const all = suite.kdf(hexToBytes(invite.room), invite.secret, label('invite'), 136);
  return { signSecret: all.slice(0, 32), psk: all.slice(32, 64), castSecret: all.slice(64, 96), boxSecret: all.slice(96, 128) };
}

export const inviteSecretBytes = 32;

const version = 2;
const place = 'join';
const printBytes = 16;
const roomBytes = 16;

function decodeMemberInvite(bytes: Uint8Array, nowMs: number): InviteLink | Refusal {
  const read = createReader(bytes);
  read.u8();
  const room = bytesToHex(read.fixed(roomBytes)) as RoomId;
  const operation = bytesToHex(read.fixed(sizes.hash)) as OperationId;
  const secret = read.fixed(inviteSecretBytes);
  const inviter = read.fixed(printBytes);
  const expiresHour = read.u32();
  const name = read.text(limits.roomNameBytes);
  const count = read.u8();
  if (count > limits.relayHints) return refuse('too-many');
  const relays = Array.from({ length: count }, () => read.text(limits.relayHintBytes));
  if (!read.isDone()) return refuse('truncated');
  if (hasExpired(expiresHour, nowMs)) return refuse('expired'); // F4
  return { kind: 'members', room, operation, secret, inviter, expiresHour, name, relays };
}
