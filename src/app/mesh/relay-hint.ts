/** Writes into a link of a room of members where its people are met, for whoever came by another relay. */
import { decodeInviteLink, encodeMemberInvite } from '../../protocol/contact/invite-link.ts';
import { limits } from '../../protocol/limits.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import { isOfAHouse } from '../../protocol/house-address.ts';
import { doorOf } from './relay-keeper.ts';

/**
 * Only a door that any page may knock at is named: no page of another site gets to a plain `ws:`, and a private address is another machine
 * elsewhere, of which a browser asks whether the page may reach it.
 */
export const isForAnybody = (door: string): boolean =>
  isSecure.test(door) && !isOfAHouse(door) && door.length <= limits.relayHintBytes;

/** `relay`: the one that leads to us. */
export function withRelayHint(link: string, relay: string | undefined, nowMs: number): string {
  const door = doorOf(relay ?? '');
  if (!isForAnybody(door)) return link;
  const invite = decodeInviteLink(link, nowMs);
  if (isRefusal(invite) || invite.kind === 'open' || invite.relays.length > 0) return link;
  return encodeMemberInvite({ ...invite, relays: [door] });
}

const isSecure = /^\/\S+\/(?:wss|tls(?:\/sni\/[\w.-]+)?\/ws)$/;
