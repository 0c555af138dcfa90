/** Watches all that devices seal and all that leaves them: no two different things may leave under one key and nonce, ever. */
import { bytesToHex } from '../../src/protocol/bytes.ts';
import type { Suite } from '../../src/protocol/suite/suite.ts';
import type { Link, Network } from '../../src/ports/network.ts';

export interface Nonces {
  /** The same suite, watched. */
  suite(name: string, suite: Suite): Suite;
  /** The same network, watched. */
  network(network: Network): Network;
  /** Which keys and nonces more than one thing left under. */
  twice(): readonly string[];
  /** How much was sealed, and how much of that left: a watch that sees nothing proves nothing. */
  counts(): { readonly sealed: number; readonly left: number };
}

export function createNonces(): Nonces {
  /** By key and nonce: the seal tags of what was sealed, and who did. */
  const sealed = new Map<string, Map<string, string>>();
  /** The last 16 bytes of every frame: there each envelope ends, with the tag of its seal. */
  const left = new Set<string>();

  const watched = new WeakMap<Link, Link>();
  const watch = (link: Link): Link => {
    const known = watched.get(link);
    if (known !== undefined) return known;
    const through: Link = {
      ...{ id: link.id, peer: link.peer, end: link.end, opener: link.opener, path: link.path },
      maxFrameBytes: link.maxFrameBytes,
      state: link.state,
      send: (frame) => {
        const result = link.send(frame);
        if (result === 'sent') left.add(bytesToHex(frame.subarray(-tagBytes)));
        return result;
      },
      close: link.close,
    };
    watched.set(link, through);
    return through;
  };

  return {
    suite: (name, suite) => ({
      ...suite,
      seal: (key, nonce, plain, bound) => {
        const bytes = suite.seal(key, nonce, plain, bound);
        const place = `${bytesToHex(key)}/${bytesToHex(nonce)}`;
        const before = sealed.get(place) ?? new Map<string, string>();
        sealed.set(place, before.set(bytesToHex(bytes.subarray(-tagBytes)), `${name} ${plain.length}`));
        return bytes;
      },
    }),
    network: (network) => ({
      ...network,
      links: () => network.links().map(watch),
      listen: (on) =>
        network.listen({
          onOpen: (link) => on.onOpen(watch(link)),
          onFrame: (link, frame) => on.onFrame(watch(link), frame),
          onClose: (link, why) => on.onClose(watch(link), why),
        }),
      openRelay: async (address, signal) => {
        const opened = await network.openRelay(address, signal);
        return opened.state === 'open' ? { ...opened, link: watch(opened.link) } : opened;
      },
      openPeer: async (peer, carry, signal) => {
        const opened = await network.openPeer(peer, carry, signal);
        return opened.state === 'open' ? { ...opened, link: watch(opened.link) } : opened;
      },
    }),
    twice: () =>
      [...sealed.values()].flatMap((tags) => {
        const out = [...tags].filter(([tag]) => left.has(tag));
        return out.length > 1 ? out.map(([tag, who]) => `${who} bytes, ${tag}`).join(' and ') : [];
      }),
    counts: () => {
      const all = [...sealed.values()].flatMap((tags) => [...tags.keys()]);
      return { sealed: all.length, left: all.filter((tag) => left.has(tag)).length };
    },
  };
}

const tagBytes = 16;
