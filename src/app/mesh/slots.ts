/** How many links this page holds, and whose: a phone bears a dozen. Who shares a room goes before strangers, who carry for all. */
import type { Clock } from '../../ports/clock.ts';
import type { PeerId } from '../../protocol/ids.ts';
import type { Peer, Peers } from './peers.ts';

export interface Slots {
  /** Held, and under way. */
  count(): number;
  /** Whether we begin a link to them: then it is under way. The stranger we reach worst may have to go for it. */
  mayDial(peer: Peer): boolean;
  /** Whether somebody who begins one gets it; the same. */
  mayCome(id: PeerId): boolean;
  /** It did not come. */
  free(id: PeerId): void;
  /** It stands. False: a stranger, whose place went to somebody else meanwhile. Who came by hand has asked nobody, and stays. */
  take(peer: Peer): boolean;
}

export function createSlots(clock: Clock, peers: Peers): Slots {
  /** Until when each is waited for. */
  const coming = new Map<PeerId, number>();

  const held = (): readonly Peer[] => [...peers.all()].filter((peer) => peer.direct !== null);
  const underWay = (): readonly PeerId[] => {
    const nowMs = clock.ticksMs();
    for (const [id, untilMs] of coming) if (untilMs <= nowMs || (peers.get(id)?.direct ?? null) !== null) coming.delete(id);
    return [...coming.keys()];
  };
  const sharesRoom = (id: PeerId): boolean => (peers.get(id)?.rooms.size ?? 0) > 0;
  const count = (): number => held().length + underWay().length;
  /** Strangers who only say that they come take nobody's place. */
  const ofRooms = (): number => held().filter(({ id }) => sharesRoom(id)).length + underWay().filter(sharesRoom).length;
  const displaceStranger = (): boolean => {
    const [worst] = held()
      .filter(({ id }) => !sharesRoom(id))
      .toSorted((one, other) => worth(one) - worth(other));
    worst?.direct?.close();
    return worst !== undefined;
  };
  const makePlace = (): boolean => held().length < mostLinks || displaceStranger();
  const expectLink = (id: PeerId, isTaken: boolean): boolean => {
    if (isTaken) coming.set(id, clock.ticksMs() + comingMs);
    return isTaken;
  };

  return {
    count,
    mayDial: ({ id }) => expectLink(id, sharesRoom(id) ? ofRooms() < roomLinks && makePlace() : count() < meshLinks),
    mayCome: (id) => {
      const isKnown = underWay().includes(id) || (peers.get(id)?.direct ?? null) !== null;
      if (isKnown) return true;
      return expectLink(id, sharesRoom(id) ? ofRooms() < mostLinks && makePlace() : count() < mostStrange);
    },
    free: (id) => void coming.delete(id),
    take: ({ id }) => !(coming.delete(id) && !sharesRoom(id) && held().length > mostLinks),
  };
}

/** MESH.md: the most links of a phone. Whoever is beyond them is reached through others. */
const mostLinks = 12;
/** We begin fewer than we take, so that whoever comes later finds somebody with room. */
const roomLinks = 8;
/** Up to so many are opened to strangers, who carry for each other when the relay is gone. */
const meshLinks = 6;
/** So many, where they come by themselves: a crowd of strangers leaves places for the rooms. */
const mostStrange = 9;
const comingMs = 10_000;

const worth = ({ direct, routing }: Peer): number => (direct && routing.scoreOf(direct)?.value) ?? 0;
