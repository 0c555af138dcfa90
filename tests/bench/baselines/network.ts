/** Our network port as the product has it, without the app, its signals over raw's WebSocket: one page, or with `?crowd=N` so many in one. */
import { openNetwork } from '../../../src/adapters/libp2p/page.ts';
import { fromBase64url, toBase64url } from '../../../src/protocol/bytes.ts';
import { parsePeerId } from '../../../src/protocol/ids.ts';
import type { PeerId } from '../../../src/protocol/ids.ts';
import type { Carry, Link as PeerLink, Network } from '../../../src/ports/network.ts';
import { offerHandle } from './door.ts';
import type { Door, Link, Listener } from './door.ts';

offerHandle((listener, query) => {
  const crowd = Number(query.get('crowd') ?? 0);
  const own = openMember(listener);
  const others = Promise.all(Array.from({ length: crowd }, () => openMember(listener)));
  let me = '';
  let dialled = 0;
  const door: Door = {
    get me() {
      return me;
    },
    ready: Promise.all([own, others]).then(([{ network }]) => void (me = network.self)),
    meet: async (peer) => {
      const from = crowd === 0 ? await own : (await others)[dialled++ % crowd]!;
      return from.meet(parsePeerId(peer)!);
    },
  };
  return door;
});

type Member = { readonly network: Network; readonly meet: (peer: PeerId) => Promise<Link> };
type Signal = { readonly from: string; readonly signal: string };

async function openMember({ onLink, onBytes }: Listener): Promise<Member> {
  const network = await openNetwork({ log: () => {} });
  const links = new Map<PeerLink, Link>();
  network.listen({
    onOpen: (link) => {
      const own: Link = {
        send: (bytes) => void link.send(bytes),
        close: link.close,
        connection: undefined,
      };
      links.set(link, own);
      if (link.opener === 'them') onLink(own);
    },
    onFrame: (link, frame) => onBytes(links.get(link)!, frame as Uint8Array<ArrayBuffer>),
    onClose: (link) => links.delete(link),
  });
  const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/raw?me=${network.self}`);
  await new Promise((resolve) => socket.addEventListener('open', resolve));
  const carryTo =
    (to: PeerId): Carry =>
    (bytes) => {
      socket.send(JSON.stringify({ to, from: network.self, signal: toBase64url(bytes) }));
      return true;
    };
  socket.addEventListener('message', ({ data }) => {
    const { from, signal } = JSON.parse(String(data)) as Signal;
    const peer = parsePeerId(from)!;
    network.takeSignal(peer, fromBase64url(signal)!, carryTo(peer));
  });
  return {
    network,
    meet: async (peer) => {
      const opened = await network.openPeer(peer, carryTo(peer), AbortSignal.timeout(15_000));
      if (opened.state !== 'open') throw new Error(opened.why);
      return links.get(opened.link)!;
    },
  };
}
