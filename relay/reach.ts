/** Which addresses lead here, and what each of them gives: the app, or the doorstep. */
import { networkInterfaces } from 'node:os';
import { isIPv6 } from 'node:net';
import { isEverywhere } from './everywhere.ts';
import type { Certificate } from './http/certificate.ts';
import type { Leaf } from './lan-authority.ts';
import { distanceOf } from './http/remote.ts';

export interface Way {
  readonly url: string;
  readonly gives: 'app' | 'app-after-warning' | 'doorstep' | 'app-once-trusted';
  readonly who: 'this machine' | 'this network' | 'whoever reaches it' | 'wherever this name leads';
  /** An address made of numbers: it changes, and a person's keys hang on it. */
  readonly isBare: boolean;
}

export interface Listening {
  readonly host: string;
  readonly port: number;
  readonly certificate: Certificate | null;
  /** Shown where there is none: by an authority of our own. */
  readonly leaf: Leaf | null;
}

/** This machine first, then names, then numbers. */
export function waysIn({ host, port, certificate, leaf }: Listening): readonly Way[] {
  const isAnywhere = isEverywhere(host);
  const ways: Way[] = [];
  const trusted = certificate?.isSelfSigned === true ? 'app-after-warning' : 'app';
  if (isAnywhere || distanceOf(host) === 'this-machine') {
    ways.push({ url: `http://${nameHere(host)}:${port}/`, gives: 'app', who: 'this machine', isBare: false });
  }
  if (certificate !== null) {
    const names = certificate.names.filter((name) => !name.includes('*') && name !== 'localhost');
    for (const name of names) {
      ways.push({ url: `https://${name}:${port}/`, gives: trusted, who: 'wherever this name leads', isBare: false });
    }
  }
  for (const name of isAnywhere ? (leaf?.names ?? []).filter((each) => each !== 'localhost') : []) {
    ways.push({ url: `https://${name}:${port}/`, gives: 'app-once-trusted', who: 'this network', isBare: false });
  }
  for (const address of isAnywhere ? addressesHere(host === '::') : [host]) {
    const distance = distanceOf(address);
    if (distance === 'this-machine') continue;
    const isSix = isIPv6(address);
    const at = { kind: isSix ? 'ip6' : 'ip4', name: address, port } as const;
    const isCovered = certificate?.covers(at) ?? false;
    const spelled = `${isSix ? `[${address}]` : address}:${port}/`;
    ways.push({
      url: `${certificate === null ? 'http' : 'https'}://${spelled}`,
      gives: certificate === null ? 'doorstep' : isCovered ? trusted : 'app-after-warning',
      who: distance === 'neighbourhood' ? 'this network' : 'whoever reaches it',
      isBare: true,
    });
    if (leaf?.covers(at)) ways.push({ url: `https://${spelled}`, gives: 'app-once-trusted', who: 'this network', isBare: true });
  }
  return ways;
}

/** What a phone should open; null when only this machine reaches us. The doorstep explains the warning that HTTPS of our own begins with. */
export const bestForOthers = (ways: readonly Way[]): Way | null => {
  const others = ways.filter((way) => way.who !== 'this machine');
  return (
    (['app', 'app-after-warning', 'doorstep', 'app-once-trusted'] as const).flatMap((gives) =>
      others.filter((way) => way.gives === gives),
    )[0] ?? null
  );
};

/** Everybody types localhost; only who listens on another loopback address must be told that one. */
const nameHere = (host: string): string => {
  if (host === '::1') return '[::1]';
  return isEverywhere(host) || host === '127.0.0.1' ? 'localhost' : host;
};

/** Without link-local ones: they need a zone, which no address bar takes. */
function addressesHere(withSix: boolean): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(
      ({ internal, family, address }) =>
        !internal && (family === 'IPv4' || (withSix && !address.toLowerCase().startsWith('fe80'))),
    )
    .map(({ address }) => address);
}
