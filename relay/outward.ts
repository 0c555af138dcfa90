/** Opens what strangers say is a relay, where its name leads out of every house: in names of their own they write any address. */
import { promises as dns } from 'node:dns';
import type { Network } from '../src/ports/network.ts';
import { isOfAHouse } from '../src/protocol/house-address.ts';

type Open = Network['openRelay'];
type Resolve = (name: string) => Promise<readonly string[]>;

/** D5. `own`: our own address. `known`: those that whoever runs this relay named. The name is asked for again when it is dialled. */
export function outward(open: Open, own: string, known: readonly string[], resolve: Resolve = everyAddress): Open {
  return async (address, signal) => {
    const name = /^\/dns[46]?\/([^/]+)\//.exec(address)?.[1];
    if (name !== undefined && !isOfAHouse(own) && !known.includes(address)) {
      const found = await resolve(name).catch(() => []);
      if (found.length === 0 || found.some(isOfHere)) return { state: 'refused', why: 'unreachable' };
    }
    return signal.aborted ? { state: 'refused', why: 'aborted' } : open(address, signal);
  };
}

const everyAddress: Resolve = async (name) => (await dns.lookup(name, { all: true })).map(({ address }) => address);

const isOfHere = (at: string): boolean => isOfAHouse(`/${at.includes(':') ? 'ip6' : 'ip4'}/${at}/`);
