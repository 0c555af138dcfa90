/** Writes into a link of a room of members where its people are met, for whoever came by another relay. */
import { decodeInviteLink, encodeMemberInvite } from '../../protocol/contact/invite-link.ts';
import { limits } from '../../protocol/limits.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import { doorOf } from './relay-keeper.ts';

/**
 * `relay`: the one that leads to us. Only a door that any page may knock at is named: no page of another site gets to a plain `ws:`, and a
 * private address is another machine elsewhere, of which a browser asks whether the page may reach it.
 */
export function withRelayHint(link: string, relay: string | undefined, nowMs: number): string {
  const door = doorOf(relay ?? '');
  if (!isSecure.test(door) || isOfAHouse(door) || door.length > limits.relayHintBytes) return link;
  const invite = decodeInviteLink(link, nowMs);
  if (isRefusal(invite) || invite.kind === 'open' || invite.relays.length > 0) return link;
  return encodeMemberInvite({ ...invite, relays: [door] });
}

/** Also asked of what an invite names: whoever wrote it must not send us round the machines of our own house. */
export function isOfAHouse(address: string): boolean {
  const [, kind = '', host = ''] = address.toLowerCase().split('/');
  if (kind === 'ip4') return isPrivate.test(host) || !isIp4.test(host);
  // Whatever is of the internet begins so.
  if (kind === 'ip6') return !/^[23][\da-f]{3}:/.test(host);
  return kind.startsWith('dns') && isHouseName.test(host);
}

const isPrivate = /^(?:0|10|127|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./;
const isIp4 = /^(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}$/;
/** Bare, of no registry, or a number that browsers read as an address. */
const isHouseName = /^[^.]*\.?$|(?:^|\.)(?:local|localhost|lan|internal|home|home\.arpa|\d+|0x[\da-f]*)\.?$/;
const isSecure = /^\/\S+\/(?:wss|tls(?:\/sni\/[\w.-]+)?\/ws)$/;
