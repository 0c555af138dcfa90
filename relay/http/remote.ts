/** Where a connection comes from: this machine, the neighbourhood, or anywhere. */
import { BlockList, isIPv6 } from 'node:net';

export type Distance = 'this-machine' | 'neighbourhood' | 'anywhere';

export function distanceOf(address: string): Distance {
  const bare = plain(address);
  const family = isIPv6(bare) ? 'ipv6' : 'ipv4';
  if (loopback.check(bare, family)) return 'this-machine';
  return local.check(bare, family) ? 'neighbourhood' : 'anywhere';
}

/** Whoever owns one address of such a group easily owns them all: IPv4 each by itself, IPv6 by /64. */
export const householdOf = (address: string): string => (isIPv6(plain(address)) ? ip6Groups(address, 4) : plain(address));

/** IPv4 by /24, IPv6 by /48. */
export const streetOf = (address: string): string =>
  isIPv6(plain(address)) ? ip6Groups(address, 3) : plain(address).split('.').slice(0, 3).join('.');

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

const local = new BlockList();
local.addSubnet('10.0.0.0', 8, 'ipv4');
local.addSubnet('172.16.0.0', 12, 'ipv4');
local.addSubnet('192.168.0.0', 16, 'ipv4');
local.addSubnet('169.254.0.0', 16, 'ipv4');
local.addSubnet('100.64.0.0', 10, 'ipv4');
local.addSubnet('fc00::', 7, 'ipv6');
local.addSubnet('fe80::', 10, 'ipv6');

/** IPv4 in its IPv6 spelling is IPv4; a zone names our own interface, not the other end. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');

function ip6Groups(address: string, count: number): string {
  const [before = '', after] = plain(address).split('::');
  const head = before === '' ? [] : before.split(':');
  const tail = after === undefined || after === '' ? [] : after.split(':');
  const zeros = after === undefined ? [] : Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => '0');
  return [...head, ...zeros, ...tail].slice(0, count).join(':').toLowerCase();
}
