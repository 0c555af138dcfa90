/** Counts what a page gives to each of its links. */
import type { Link, Network, Opened } from '../../src/ports/network.ts';

export interface GivenBytes {
  /** Between a page and its network: everything goes through, and is counted. */
  watch(network: Network): Network;
  /** From now on. */
  begin(): void;
  /** The bytes it gave to all relays' links together, and to each neighbour's, since then. */
  given(): Given;
}

export interface Given {
  readonly relay: number;
  readonly neighbours: readonly number[];
}

export function createGivenBytes(): GivenBytes {
  const watched = new WeakMap<Link, Link>();
  let bytes = new Map<string, { readonly end: Link['end']; given: number }>();

  const count = ({ end, peer }: Link, length: number): void => {
    const so = bytes.get(peer) ?? { end, given: 0 };
    so.given += length;
    bytes.set(peer, so);
  };

  /** The same each time: whoever compares links compares these. */
  const wrap = (link: Link): Link => {
    const known = watched.get(link);
    if (known !== undefined) return known;
    const wrapped: Link = {
      ...link,
      send: (frame) => {
        const result = link.send(frame);
        if (result === 'sent') count(link, frame.length);
        return result;
      },
    };
    watched.set(link, wrapped);
    return wrapped;
  };
  const wrapOpened = (opened: Opened): Opened => (opened.state === 'open' ? { ...opened, link: wrap(opened.link) } : opened);

  return {
    watch: (network) => ({
      ...network,
      links: () => network.links().map(wrap),
      openRelay: async (address, signal) => wrapOpened(await network.openRelay(address, signal)),
      openPeer: async (peer, carry, signal) => wrapOpened(await network.openPeer(peer, carry, signal)),
      listen: (on) =>
        network.listen({
          ...on,
          onOpen: (link) => on.onOpen(wrap(link)),
          onFrame: (link, frame) => on.onFrame(wrap(link), frame),
          onClose: (link, why) => on.onClose(wrap(link), why),
        }),
    }),
    begin: () => void (bytes = new Map()),
    given: () => {
      const all = [...bytes.values()];
      return {
        relay: all.reduce((sum, { end, given }) => sum + (end === 'relay' ? given : 0), 0),
        neighbours: all.flatMap(({ end, given }) => (end === 'peer' ? [given] : [])),
      };
    },
  };
}
