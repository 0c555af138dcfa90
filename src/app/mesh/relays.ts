/** Our relays: the one we came by, and beside it one that an invite named. */
import type { Core } from '../core.ts';
import type { Link, Network } from '../../ports/network.ts';
import { isOfAHouse } from '../../protocol/house-address.ts';
import type { PeerId } from '../../protocol/ids.ts';
import type { RelayView } from '../view.ts';
import { createOtherRelay } from './other-relay.ts';
import type { OtherRelay } from './other-relay.ts';
import { createRelayKeeper, doorOf } from './relay-keeper.ts';
import type { RelayKeeper } from './relay-keeper.ts';
import { createRelayByHand } from './relay-by-hand.ts';
import type { RelayByHand } from './relay-by-hand.ts';

export interface Relays
  extends Omit<RelayKeeper, 'state'>, Pick<OtherRelay, 'know' | 'add' | 'stopAdding' | 'forget' | 'others'> {
  state(): Pick<RelayView, 'address' | 'state' | 'standIn'> | null;
  readonly byHand: Pick<RelayByHand, 'offer' | 'take'>;
  /** Somebody of a room named these. */
  named(addresses: readonly string[]): void;
  /** Doors by which others meet us just now. `isShut`: our own does not let us in. */
  metAt(isShut: boolean): readonly string[];
  /** Ours, where those who came as we did are met; another knows only some of them. */
  isOwnOpen(): boolean;
  own(): Link | null;
}

export interface RelaysHands {
  /** `isOwn`: those who came by the same are our neighbours to be. */
  onOpen(link: Link, isOwn: boolean): void;
  onChange(): void;
}

export function createRelays(core: Core, network: Network, hands: RelaysHands): Relays {
  let ownDoors: readonly string[] = [];
  /** Also while it is away: it closes a link of ours for another of ours. */
  let ownPeer: PeerId | null = null;
  const own = createRelayKeeper(
    core,
    network,
    (link) => {
      ownPeer = link.peer;
      other.isOwn(ownPeer);
      hands.onOpen(link, true);
    },
    hands.onChange,
  );
  const other = createOtherRelay(core, network, {
    isOwn: (address) => ownDoors.includes(doorOf(address)),
    isOwnPeer: (relay) => relay === ownPeer,
    isOwnOpen: () => own.link() !== null,
    onOpen: (link) => hands.onOpen(link, false),
    onChange: hands.onChange,
  });
  const byHand = createRelayByHand(core, network, other.adopt);
  return {
    byHand,
    lookAt: (addresses) => {
      ownDoors = addresses.map(doorOf);
      own.lookAt(addresses);
    },
    know: other.know,
    named: (addresses) =>
      other.know(
        addresses.filter((each) => !isOfAHouse(each)),
        'invite',
      ),
    metAt: (isShut) =>
      [isShut ? null : own.state(), ...other.others()].flatMap((each) => (each?.state === 'open' ? [doorOf(each.address)] : [])),
    add: other.add,
    stopAdding: () => {
      other.stopAdding();
      byHand.stop();
    },
    forget: other.forget,
    others: other.others,
    isOwnOpen: () => own.link() !== null,
    own: own.link,
    link: () => own.link() ?? other.link(),
    state: () => {
      const state = own.state();
      if (own.link() !== null || other.link() === null) return state && { ...state, standIn: null };
      return { address: other.address(), state: 'open', standIn: { away: state && state.address, how: other.how() } };
    },
    lost: (link) => {
      const wasOwn = link === own.link();
      own.lost(link);
      other.lost(link);
      if (wasOwn) other.hurry();
    },
    hurry: () => {
      own.hurry();
      other.hurry();
    },
    close: () => {
      byHand.stop();
      own.close();
      other.close();
    },
  };
}
