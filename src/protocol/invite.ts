/** A room as a link: everything stands behind the `#`, which no server is ever sent. */
import { createReader, createWriter, fromBase64url, toBase64url } from './bytes.ts';
import { limits } from './limits.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import { secretBytes } from './room-keys.ts';

export interface Invite {
  readonly secret: Uint8Array;
  /** What the inviter calls the room. */
  readonly name: string;
}

export function encodeInvite(invite: Invite): string {
  const bytes = createWriter().u8(version).fixed(invite.secret).text(invite.name).done();
  return prefix + toBase64url(bytes);
}

/** Takes a whole link, its fragment, or the bare code. */
export function decodeInvite(text: string): Invite | Refusal {
  if (text.length > maxTextLength) return refuse('too-big');
  const trimmed = text.trim();
  const at = trimmed.lastIndexOf(prefix);
  const bytes = fromBase64url(at < 0 ? trimmed : trimmed.slice(at + prefix.length));
  if (bytes === null || bytes.length === 0) return refuse('not-a-link');
  const read = createReader(bytes);
  if (read.u8() !== version) return refuse('unknown-version');
  const secret = read.fixed(secretBytes);
  const name = read.text(limits.roomNameBytes);
  return read.isDone() ? { secret, name } : refuse('truncated');
}

const version = 1;
const prefix = 'join/';
const maxTextLength = 2_000;
