/** The smallest world to try things in: a page, a relay, a link between them. */
import type { Life } from '../../src/adapters/memory/node.ts';
import type { World } from '../../src/adapters/memory/world.ts';
import type { CloseReason, Link, Network } from '../../src/ports/network.ts';
import type { Storage } from '../../src/ports/storage.ts';

export const never = (): AbortSignal => new AbortController().signal;
export const relayAddress = '/memory/relay';

export interface Heard {
  readonly frames: number[];
  readonly closes: CloseReason[];
  readonly links: Link[];
}
export const hear = (network: Network): Heard => {
  const heard: Heard = { frames: [], closes: [], links: [] };
  network.listen({
    onOpen: (link) => heard.links.push(link),
    onFrame: (_link, frame) => heard.frames.push(frame[0] ?? -1),
    onClose: (_link, why) => heard.closes.push(why),
  });
  return heard;
};

export const pairIn = async (world: World): Promise<{ a: Life; b: Life; heardA: Heard; heardB: Heard; link: Link }> => {
  const a = world.node('a').start();
  const b = world.node('b', { role: 'relay', address: relayAddress }).start();
  const [heardA, heardB] = [hear(a.network()), hear(b.network())];
  const opened = await world.finish(a.network().openRelay(relayAddress, never()));
  if (opened.state !== 'open') throw new Error(opened.why);
  return { a, b, heardA, heardB, link: opened.link };
};

export const storageOf = async (world: World, life: Life): Promise<Storage> => {
  const opened = await world.finish(life.openStorage());
  if (opened.state !== 'open') throw new Error(opened.why);
  return opened.storage;
};
