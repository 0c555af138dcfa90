/** Somebody who holds a room's link and speaks the wire by hand: every lie a member can tell. */
import { decodeInvite } from '../../src/protocol/invite.ts';
import { seal } from '../../src/protocol/envelope.ts';
import { encodeFrame } from '../../src/protocol/frame.ts';
import { decodeMeet, encodeMeet } from '../../src/protocol/meet.ts';
import { dayOf, deriveRoomKeys, topicOn } from '../../src/protocol/room-keys.ts';
import type { RoomKeys } from '../../src/protocol/room-keys.ts';
import type { PeerId } from '../../src/protocol/ids.ts';
import type { Link } from '../../src/ports/network.ts';
import { address, appOf, roomOf } from './village.ts';
import type { Village } from './village.ts';
import { carryOver, takeSignals } from './signals.ts';

export interface Insider {
  readonly id: PeerId;
  readonly relay: Link;
  linkTo(peer: PeerId): Promise<Link>;
  sealed(signed: Uint8Array, nonce: number): Uint8Array;
}

/** Asha and a friend talk in a room; an insider holds its link and speaks the wire by hand. */
export async function scene(village: Village) {
  const { person, room, until } = village;
  const [page, friend] = [await person('Asha'), await person('Friend')];
  const well = await room([page, friend]);
  await until('direct', () => roomOf(appOf(page), well).people[0]?.path === 'direct');
  const invite = decodeInvite(roomOf(appOf(page), well).invite ?? '');
  if ('refused' in invite) throw new Error('no invite');
  const keys = deriveRoomKeys(invite.secret);
  const insider = await intrude(village, keys);
  const idOf = (each: typeof page): PeerId => each.running()?.life.network().self ?? ('' as PeerId);
  return {
    well,
    keys,
    insider,
    asha: {
      app: appOf(page),
      id: idOf(page),
      friend,
      friendId: idOf(friend),
      device: appOf(page).view().me?.device ?? ('' as never),
    },
  };
}

async function intrude(village: Village, keys: RoomKeys): Promise<Insider> {
  const { world } = village;
  const network = world.node('Mallory').start().network();
  const met = new Set<PeerId>();
  network.listen({
    onOpen: () => undefined,
    onFrame: (link, bytes) => {
      const frame = decodeMeet(bytes);
      if (link.end === 'relay') takeSignals(network, link, bytes);
      if (link.end === 'relay' && 'kind' in frame && frame.kind === 'met') for (const peer of frame.peers) met.add(peer);
    },
    onClose: () => undefined,
  });
  const opened = await world.finish(network.openRelay(address, new AbortController().signal));
  if (opened.state !== 'open') throw new Error(opened.why);
  opened.link.send(encodeMeet({ kind: 'join', topics: [topicOn(keys, dayOf(village.wallMs()))] }));
  await village.until('met', () => met.size > 0);
  return {
    id: network.self,
    relay: opened.link,
    linkTo: async (peer) => {
      const link = await world.finish(network.openPeer(peer, carryOver(opened.link, peer), new AbortController().signal));
      if (link.state !== 'open') throw new Error(link.why);
      return link.link;
    },
    sealed: (signed, nonce) => {
      const envelope = seal(
        keys,
        signed,
        Uint8Array.from({ length: 12 }, (_, at) => (at < 4 ? nonce >> (8 * at) : 0xee)),
      );
      if ('refused' in envelope) throw new Error(envelope.refused);
      return encodeFrame({ kind: 'envelope', bytes: envelope });
    },
  };
}
