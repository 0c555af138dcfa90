/** How many links this page holds, and whose: a phone bears a dozen. Who shares a room goes before strangers, who carry for all. */
import type { Clock } from '../../ports/clock.ts';
import type { PeerId } from '../../protocol/ids.ts';
import type { Peer, Peers } from './peers.ts';

export interface Slots {
  /** Held, and under way. */
  count(): number;
  /** Whether we begin a link to them: then it is under way. A stranger may have to go for it. */
  mayDial(peer: Peer): boolean;
  /** Whether somebody who begins one gets it; the same. */
  mayCome(id: PeerId): boolean;
  /** It did not come. */
  free(id: PeerId): void;
}

export function createSlots(clock: Clock, peers: Peers): Slots {
  const coming = new Map<PeerId, number>();
  const expectLink = (id: PeerId): void => void coming.set(id, clock.ticksMs() + comingMs);

  const held = (): readonly Peer[] => [...peers.all()].filter((peer) => peer.direct !== null);
  const count = (): number => {
    const nowMs = clock.ticksMs();
    for (const [id, untilMs] of coming) if (untilMs <= nowMs || (peers.get(id)?.direct ?? null) !== null) coming.delete(id);
    return held().length + coming.size;
  };
  const displaceStranger = (): boolean => {
    const stranger = held().find(({ rooms }) => rooms.size === 0);
    stranger?.direct?.close();
    return stranger !== undefined;
  };

  return {
    count,
    mayDial: (peer) => {
      const links = count();
      const ofRooms = held().filter(({ rooms }) => rooms.size > 0).length + coming.size;
      const isFree = peer.rooms.size === 0 ? links < meshLinks : ofRooms < roomLinks && (links < mostLinks || displaceStranger());
      if (isFree) expectLink(peer.id);
      return isFree;
    },
    mayCome: (id) => {
      const peer = peers.get(id);
      const sharesRoom = peer !== undefined && peer.rooms.size > 0;
      const isKnown = coming.has(id) || (peer !== undefined && peer.direct !== null);
      if (!isKnown && count() >= mostLinks && !(sharesRoom && displaceStranger())) return false;
      expectLink(id);
      return true;
    },
    free: (id) => void coming.delete(id),
  };
}

/** MESH.md: the most links of a phone. Whoever is beyond them is reached through others. */
const mostLinks = 12;
/** We begin fewer than we take, so that whoever comes later finds somebody with room. */
const roomLinks = 8;
/** Up to so many are opened to strangers, who carry for each other when the relay is gone. */
const meshLinks = 6;
const comingMs = 10_000;
