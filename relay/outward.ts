/** Opens what strangers say is a relay, where its name leads out of every house: in names of their own they write any address. */
import { promises as dns } from 'node:dns';
import type { Network } from '../src/ports/network.ts';
import { isOfAHouse } from '../src/protocol/house-address.ts';
import { codeOf } from './error-code.ts';

type Open = Network['openRelay'];
type Resolve = (name: string) => Promise<readonly string[]>;

/** D5. `own`: our own address. `known`: those that whoever runs this relay named. The name is asked for again when it is dialled. */
export function outward(open: Open, own: string, known: readonly string[], resolve: Resolve = createResolve()): Open {
  return async (address, signal) => {
    const name = /^\/dns[46]?\/([^/]+)\//.exec(address)?.[1];
    if (name !== undefined && !isOfAHouse(own) && !known.includes(address)) {
      const found = await resolve(name).catch(() => []);
      if (found.length === 0 || found.some(isOfHere)) return { state: 'refused', why: 'unreachable' };
    }
    return signal.aborted ? { state: 'refused', why: 'aborted' } : open(address, signal);
  };
}

/**
 * Asked of the name servers, and given up soon: the system's own way holds one of the four threads by which this process reads its
 * files, for as long as a stranger's name server likes.
 */
export function createResolve(servers?: readonly string[]): Resolve {
  const resolver = new dns.Resolver({ timeout: 2_000, tries: 1 });
  if (servers !== undefined) resolver.setServers(servers);
  return async (name) =>
    (await Promise.all([resolver.resolve4(name).catch(noneOf), resolver.resolve6(name).catch(noneOf)])).flat();
}

/** It has none of that kind; what is not answered may be any. */
function noneOf(error: unknown): readonly string[] {
  const code = codeOf(error);
  if (code === 'ENODATA' || code === 'ENOTFOUND') return [];
  throw error;
}

const isOfHere = (at: string): boolean => isOfAHouse(`/${at.includes(':') ? 'ip6' : 'ip4'}/${at}/`);
