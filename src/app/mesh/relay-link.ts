/** Reads what names a relay: its address as people see and scan it, or as programs spell it. */
import { limits } from '../../protocol/limits.ts';
import { isIp4 } from '../../protocol/house-address.ts';
import { doorOf } from './relay-keeper.ts';

/** The ways in, the likeliest first; null: this is no relay's address. An invite, which has words behind its `#`, is none. */
export function readRelayLink(text: string): readonly string[] | null {
  const said = text.trim();
  if (said.length > mostLetters) return null;
  if (said.startsWith('/')) return isAddress(said) ? [doorOf(said)].filter(isAddress) : null;
  const [, scheme = 'http', name = '', digits, query = ''] =
    shape.exec(said.toLowerCase().includes('://') ? said : `http://${said}`) ?? [];
  const isSecure = scheme.toLowerCase() === 'https';
  // A word alone is more likely a mistake than a machine.
  if (name === '' || (!said.includes('://') && digits === undefined)) return null;
  const port = Number(digits ?? (isSecure ? 443 : 80));
  if (port < 1 || port > 65_535) return null;
  const bare = name.toLowerCase().replace(/^\[|\]$/g, '');
  const host = name.startsWith('[') ? `/ip6/${bare}` : `/${isIp4(bare) ? 'ip4' : 'dns4'}/${bare}`;
  const secure = `${host}/tcp/${port}/tls/ws`;
  if (isSecure) return [secure];
  const [udp, certhash] = [/[?&]udp=(\d{1,5})(?=&|$)/.exec(query)?.[1], /[?&]certhash=(u[\w-]{20,80})(?=&|$)/.exec(query)?.[1]];
  const direct = udp && certhash && isIp4(bare) ? [`${host}/udp/${udp}/webrtc-direct/certhash/${certhash}`] : [];
  // Where the device trusts the relay's own certificate, a page of HTTPS gets in by that.
  return [`${host}/tcp/${port}/ws`, ...direct, secure].filter(isAddress);
}

/** The relay's own page, as a browser opens it; null: this door leads to none. */
export function pageOf(address: string): string | null {
  const [, kind, host = '', port = '', tls] =
    /^\/(ip4|ip6|dns4)\/([\w.:-]+)\/tcp\/(\d+)\/(tls\/)?ws(?:\/p2p\/\w+)?$/.exec(address) ?? [];
  return kind === undefined ? null : `${tls ? 'https' : 'http'}://${kind === 'ip6' ? `[${host}]` : host}:${port}`;
}

/** Where it stands, as people know it: the same for all its doors on one port. */
export function placeOf(address: string): string {
  const [, , host, , port] = address.split('/');
  return host === undefined || port === undefined ? address : `${host}:${port}`;
}

export const isAddress = (text: string): boolean => /^\/[\x21-\x7e]+$/.test(text) && text.length <= limits.relayHintBytes;

const mostLetters = 512;
const shape = /^(https?):\/\/([\w.-]+|\[[\da-f:.]+\])(?::(\d{1,5}))?\/?(\?[^#\s]*)?$/i;
