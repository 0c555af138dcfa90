/** Two who cannot connect, and neighbours of both who carry for them as well as a test lets them. */
import type { Link, Network } from '../../../src/ports/network.ts';
import { decodeFrame } from '../../../src/protocol/frame.ts';
import type { RoomId } from '../../../src/protocol/ids.ts';
import { decodeMeet } from '../../../src/protocol/meet.ts';
import type { MeetFrame } from '../../../src/protocol/meet.ts';
import type { Page } from '../../simulation/page.ts';
import { appOf, createVillage, pair, roomOf } from '../village.ts';
import type { Village, VillageOptions } from '../village.ts';

export interface Carried extends Village {
  readonly asha: Page;
  readonly chipo: Page;
  /** The carriers. */
  readonly between: readonly Page[];
  readonly well: RoomId;
}

/** Asha and Chipo, and their neighbours in the order they came in. */
export async function carried(seed: string, carriers: readonly string[], options: VillageOptions = {}): Promise<Carried> {
  const village = createVillage(seed, options);
  const { world, relay, person, room, until } = village;
  relay.crash('killed');
  world.paths.cut(['Asha'], ['Chipo']);
  for (const [at, name] of carriers.entries()) world.paths.cut([name], carriers.slice(at + 1));
  const [asha, chipo] = [await person('Asha'), await person('Chipo')];
  const between: Page[] = [];
  for (const name of carriers) between.push(await person(name));
  const well = await room([asha, chipo]);
  for (const carrier of between) {
    await pair(village, asha, carrier);
    await pair(village, carrier, chipo);
  }
  await until('they meet', () => [asha, chipo].every((page) => roomOf(appOf(page), well).people[0]?.path === 'through'));
  return { ...village, asha, chipo, between, well };
}

/** Says to neighbours as ever, but of these frames only what it may; what it may not seems sent. */
export function watched<Kind extends MeetFrame['kind']>(
  network: Network,
  kind: Kind,
  maySend: (frame: Extract<MeetFrame, { readonly kind: Kind }>, link: Link) => boolean,
): Network {
  const wrapped = new Map<Link, Link>();
  const isOf = (frame: MeetFrame): frame is Extract<MeetFrame, { readonly kind: Kind }> => frame.kind === kind;
  const wrap = (link: Link): Link => {
    const send: Link['send'] = (bytes) => {
      const outer = decodeFrame(bytes);
      const inner = 'kind' in outer && outer.kind === 'meet' ? decodeMeet(outer.bytes) : null;
      return inner === null || !('kind' in inner) || !isOf(inner) || maySend(inner, link) ? link.send(bytes) : 'sent';
    };
    const known = wrapped.get(link) ?? { ...link, send };
    wrapped.set(link, known);
    return known;
  };
  return {
    ...network,
    links: () => network.links().map(wrap),
    listen: (on) =>
      network.listen({
        onOpen: (link) => on.onOpen(wrap(link)),
        onFrame: (link, frame) => on.onFrame(wrap(link), frame),
        onClose: (link, why) => on.onClose(wrap(link), why),
      }),
  };
}
