/** What the interface shows of somebody we reach. */
import type { Core } from '../core.ts';
import type { DeviceId, PersonId, RoomId } from '../../protocol/ids.ts';
import type { NeighbourView } from '../view.ts';
import { pathOf, routeOf, waysTo } from './peers.ts';
import type { Peer } from './peers.ts';

export function neighbourView(core: Core, peer: Peer): readonly NeighbourView[] {
  const path = pathOf(peer);
  const link = peer.direct ?? routeOf(peer);
  // Strangers who are only named are nobody's neighbours yet.
  if (path === null || (path !== 'direct' && peer.rooms.size === 0)) return [];
  return [
    {
      peer: peer.id,
      device: peer.device,
      person: peer.device === null ? null : personOf(core, peer.device),
      name: peer.device === null ? null : nameIn(core, peer.device, peer.rooms),
      path,
      rttMs: peer.rttMs,
      rooms: peer.rooms.size,
      score: link && peer.routing.scoreOf(link),
      ways: waysTo(peer, false).length,
    },
  ];
}

function personOf(core: Core, device: DeviceId): PersonId | null {
  for (const { persons } of core.rooms.values()) {
    const person = persons.get(device);
    if (person !== undefined) return person;
  }
  return null;
}

function nameIn(core: Core, device: DeviceId, rooms: ReadonlySet<RoomId>): string | null {
  for (const id of rooms) {
    const name = core.rooms.get(id)?.names.get(device);
    if (name !== undefined) return name;
  }
  return null;
}
