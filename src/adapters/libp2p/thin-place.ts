/** Reads a relay's address: whether a thin door may be asked for there, and under which URL. */
import { isPrivateWay } from './thin-bytes.ts';

export interface ThinPlace {
  readonly url: string;
  /** Who must be there, in libp2p's letters; null: whoever is. */
  readonly relay: string | null;
  /** The address without a name. */
  readonly address: string;
}

/** Null for everything else: another kind of door, a way others can read, a name of another kind. libp2p judges these. */
export function thinPlaceOf(text: string): ThinPlace | null {
  const [, address = '', kind = '', host = '', port = '', scheme = '', sni, relay = null] = pattern.exec(text) ?? [];
  if (address === '' || (relay !== null && !relay.startsWith(ed25519Name))) return null;
  const name = kind === 'ip6' ? `[${host}]` : host;
  // The name a certificate is for goes before the address it was found at.
  const url = `${scheme === 'ws' ? 'ws' : 'wss'}://${sni ?? name}:${port}/`;
  if (!URL.canParse(url) || !isPrivateWay(url)) return null;
  return { url: new URL(url).href, relay, address };
}

const pattern = /^(\/(ip4|ip6|dns|dns4|dns6)\/([\w.:-]+)\/tcp\/(\d+)\/(ws|wss|tls(?:\/sni\/([\w.-]+))?\/ws))(?:\/p2p\/(\w+))?$/;
/** How base58 spells the beginning of every Ed25519 name. */
const ed25519Name = '12D3KooW';
