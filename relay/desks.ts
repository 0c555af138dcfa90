/** Who answers which link: pages come to the meeting place, other relays to the sisters. */
import type { PeerId } from '../src/protocol/ids.ts';
import type { LinkEvents } from '../src/ports/network.ts';
import { createMeet } from './meet.ts';
import type { MeetWorld } from './meet.ts';
import { createSisterLinks } from './sister-links.ts';
import type { SisterLinksWorld } from './sister-links.ts';

export interface Desks {
  readonly on: LinkEvents;
  /** Addresses of sisters that stand. */
  sisters(): readonly string[];
  counts(): Record<string, number>;
  stop(): void;
}

export interface DesksWorld extends MeetWorld, Pick<SisterLinksWorld, 'addresses' | 'dial' | 'onStand'> {
  readonly self: PeerId;
}

export function createDesks(world: DesksWorld): Desks {
  const meet = createMeet(world);
  const sisters = createSisterLinks({ ...world, load: meet.load, abroad: meet.sisters });
  return {
    on: {
      onOpen: (link) => (link.end === 'relay' ? sisters : meet).opened(link),
      onFrame: (link, bytes) => (link.end === 'relay' ? sisters : meet).frame(link, bytes),
      onClose: (link) => (link.end === 'relay' ? sisters : meet).closed(link),
    },
    sisters: sisters.standing,
    counts: meet.counts,
    stop: () => {
      sisters.stop();
      meet.stop();
    },
  };
}
