/** Somebody who speaks the protocol and keeps none of its manners, for tests. */
import type { Link, Network } from '../../src/ports/network.ts';
import { sayMeet } from '../../src/app/mesh/peers.ts';
import { decodeFrame } from '../../src/protocol/frame.ts';
import { parsePeerId } from '../../src/protocol/ids.ts';
import type { PeerId, Topic } from '../../src/protocol/ids.ts';
import { decodeMeet } from '../../src/protocol/meet.ts';
import type { MeetFrame } from '../../src/protocol/meet.ts';
import type { Page } from '../simulation/page.ts';
import { networkOf } from './village.ts';
import type { Village } from './village.ts';

export interface Mallory {
  readonly network: Network;
  /** What was said to her, so far. */
  readonly heard: { readonly from: PeerId; readonly frame: MeetFrame }[];
  /** Topics somebody told her. */
  topics(): readonly Topic[];
  say(to: Link, frame: MeetFrame): void;
}

export function createMallory({ world }: Village): Mallory {
  const network = world.node('Mallory').start().network();
  const heard: Mallory['heard'] = [];
  network.listen({
    onOpen: () => undefined,
    onClose: () => undefined,
    onFrame: (link, bytes) => {
      const outer = link.end === 'relay' ? { kind: 'meet', bytes } : decodeFrame(bytes);
      if (!('kind' in outer) || outer.kind !== 'meet') return;
      const frame = decodeMeet(outer.bytes);
      if ('kind' in frame) heard.push({ from: link.peer, frame });
    },
  });
  return {
    network,
    heard,
    topics: () => heard.flatMap(({ frame }) => (frame.kind === 'join' ? frame.topics : [])),
    say: sayMeet,
  };
}

/** Her link to a page. */
export async function befriend({ world }: Village, { network }: Mallory, page: Page): Promise<Link> {
  const offer = await world.finish(network.offer(new AbortController().signal));
  const answer = await world.finish(networkOf(page).answer(offer.bytes, new AbortController().signal));
  if (answer.state !== 'answered') throw new Error(answer.why);
  const opened = await world.finish(offer.accept(answer.bytes));
  if (opened.state !== 'open') throw new Error(opened.why);
  return opened.link;
}

export const nobody = (at: number): PeerId => parsePeerId(`nobody${at.toString().padStart(6, '0')}`)!;
