/** The name somebody came by: which kind it is, and whether a browser trusts it without HTTPS. */
import { isIPv4, isIPv6 } from 'node:net';

export interface Host {
  readonly kind: 'name' | 'ip4' | 'ip6';
  /** Lower case, without brackets, port or final dot. */
  readonly name: string;
  /** As the browser wrote it; null: the scheme's own. */
  readonly port: number | null;
}

/** Null for anything but what a browser could have put into its address bar. */
export function readHost(header: string | undefined): Host | null {
  const parts = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/i.exec(header ?? '');
  if (parts === null || header === undefined || header.length > 270) return null;
  const [, spelled = '', digits] = parts;
  const port = digits === undefined ? null : Number(digits);
  if (port !== null && (port < 1 || port > 65_535)) return null;
  const name = spelled
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
  if (spelled.startsWith('[')) return isIPv6(name) ? { kind: 'ip6', name, port } : null;
  if (isIPv4(name)) return { kind: 'ip4', name, port };
  // The last label of a name is never a number: 1.2.3 or 0x7f.1 is a mistyped address.
  const isName = name.length <= 253 && labels.test(name) && !/(^|\.)(\d+|0x[0-9a-f]*)$/.test(name);
  return isName ? { kind: 'name', name, port } : null;
}

/** A secure context without HTTPS: the browser itself keeps these on this machine. */
export function isThisMachine({ kind, name }: Host): boolean {
  if (kind === 'ip4') return name.startsWith('127.');
  if (kind === 'ip6') return name === '::1';
  return name === 'localhost' || name.endsWith('.localhost');
}

export const spell = ({ kind, name }: Host): string => (kind === 'ip6' ? `[${name}]` : name);

export const originOf = (host: Host, isSecure: boolean): string =>
  `${isSecure ? 'https' : 'http'}://${spell(host)}${host.port === null ? '' : `:${host.port}`}`;

/** How libp2p spells the WebSocket door behind this very host. */
export function webSocketDoor(host: Host, isSecure: boolean): string {
  const kind = { name: 'dns4', ip4: 'ip4', ip6: 'ip6' }[host.kind];
  const port = host.port ?? (isSecure ? 443 : 80);
  return `/${kind}/${host.name}/tcp/${port}/${isSecure ? 'tls/ws' : 'ws'}`;
}

const labels = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/;
