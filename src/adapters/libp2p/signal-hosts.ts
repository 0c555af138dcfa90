/** The hosts a candidate may name: IPv4, IPv6, or a browser's made-up `.local` name, as few bytes as they need. */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import type { Reader, Writer } from '../../protocol/bytes.ts';

export interface Host {
  readonly kind: 'ip4' | 'ip6' | 'mdns';
  readonly bytes: Uint8Array;
}

const kinds = ['ip4', 'ip6', 'mdns'] as const;
const mdnsName = /^([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})\.local$/i;

export const writeHost = (out: Writer, host: Host): Writer => out.u8(kinds.indexOf(host.kind)).fixed(host.bytes);

export function readHost(read: Reader): Host | null {
  const kind = kinds[read.u8()];
  return kind === undefined ? null : { kind, bytes: read.fixed(kind === 'ip4' ? 4 : 16) };
}

/** Null for what we do not carry: other names, zones, addresses that mean nothing elsewhere. */
export function parseHost(text: string): Host | null {
  const uuid = mdnsName.exec(text);
  if (uuid !== null) return { kind: 'mdns', bytes: hexToBytes(uuid.slice(1).join('').toLowerCase()) };
  const four = parseIp4(text);
  if (four !== null) return { kind: 'ip4', bytes: four };
  const six = parseIp6(text);
  // Link-local addresses need a zone, which only their own host knows.
  return six === null || (six[0] === 0xfe && (six[1]! & 0xc0) === 0x80) ? null : { kind: 'ip6', bytes: six };
}

export function formatHost({ kind, bytes }: Host): string {
  if (kind === 'ip4') return bytes.join('.');
  const hex = bytesToHex(bytes);
  if (kind === 'ip6') return hex.replace(/(.{4})(?=.)/g, '$1:');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}.local`;
}

function parseIp4(text: string): Uint8Array | null {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return null;
  const parts = text.split('.').map(Number);
  return parts.every((part) => part < 256) ? Uint8Array.from(parts) : null;
}

function parseIp6(text: string): Uint8Array | null {
  if (!/^[0-9a-f:]+$/i.test(text) || !text.includes(':')) return null;
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [front = [], back = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - front.length - back.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  const groups = [...front, ...Array<string>(missing).fill('0'), ...back];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null;
  return Uint8Array.from(groups.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]));
}
