/** What an authority of our own may ever speak for: private addresses, this machine, and this host's own name. Nothing of the internet. */
import { BlockList, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { isEverywhere } from './everywhere.ts';

/** All addresses that begin with as many bits of `from`. */
interface Range {
  readonly from: string;
  readonly prefix: number;
}

const ranges: readonly Range[] = [
  { from: '10.0.0.0', prefix: 8 },
  { from: '172.16.0.0', prefix: 12 },
  { from: '192.168.0.0', prefix: 16 },
  { from: '169.254.0.0', prefix: 16 },
  { from: '127.0.0.0', prefix: 8 },
  { from: 'fc00::', prefix: 7 },
  { from: 'fe80::', prefix: 10 },
  { from: '::1', prefix: 128 },
];

const inside = new BlockList();
for (const { from, prefix } of ranges) inside.addSubnet(from, prefix, isIPv6(from) ? 'ipv6' : 'ipv4');

export const isFenced = (address: string): boolean => inside.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');

/** As name constraints spell the ranges. */
export const fenceBytes = (): readonly Buffer[] =>
  ranges.map(({ from, prefix }) => {
    const address = addressBytes(from);
    const mask = address.map((_, at) => 0xff & ~(0xff >> Math.max(0, Math.min(8, prefix - 8 * at))));
    return Buffer.concat([address, mask]);
  });

export function addressBytes(address: string): Buffer {
  if (!isIPv6(address)) return Buffer.from(address.split('.').map(Number));
  const [before = '', after = ''] = address.split('::');
  const groups = (text: string): readonly string[] => (text === '' ? [] : text.split(':'));
  const [head, tail] = [groups(before), groups(after)];
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return Buffer.from([...head, ...zeros, ...tail].map((group) => group.padStart(4, '0')).join(''), 'hex');
}

/** `village-pi.local`, as the machines of a house call each other; null where the system's name is no label of one. */
export function localNameOf(hostName: string): string | null {
  const label = hostName.toLowerCase().split('.', 1)[0] ?? '';
  return /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label) && label !== 'localhost' ? `${label}.local` : null;
}

/** Those of `host`, all of this machine where it listens everywhere. Link-local IPv6 is left out: it needs a zone, which no address bar takes. */
export function fencedAddressesHere(host: string): readonly string[] {
  const all = isEverywhere(host)
    ? Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => address))
    : [host];
  const fit = (address: string): boolean =>
    isFenced(address) && !address.toLowerCase().startsWith('fe80') && (host === '::' || host === address || !isIPv6(address));
  return [...new Set(['127.0.0.1', '::1', ...all.filter(fit)])].slice(0, mostAddresses);
}

/** A machine with a hundred containers needs no hundred names. */
const mostAddresses = 32;
