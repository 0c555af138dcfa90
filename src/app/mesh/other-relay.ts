/**
 * Keeps one link to a relay that is not our own: of those that followed invites or a person named, one that answers; and while our own
 * is away also of those of its mesh. So people of two relays meet, and either may die. They are asked in turns, ever more rarely.
 */
import type { Core } from '../core.ts';
import type { Stop } from '../../ports/clock.ts';
import type { Link, Network } from '../../ports/network.ts';
import type { PeerId } from '../../protocol/ids.ts';
import type { OtherRelayView, RelayRefused, StandInView } from '../view.ts';
import { createAddressBook } from './address-book.ts';
import type { KnownDoor } from './address-book.ts';
import { doorOf } from './relay-keeper.ts';
import { placeOf } from './relay-link.ts';

export interface OtherRelay {
  /** An invite that was followed named these, or our own relay. */
  know(addresses: readonly string[], from: KnownDoor['from']): void;
  /** A person named one relay by these: at once, and in the place of another. Not null: why not, and nothing is kept. */
  add(addresses: readonly string[]): Promise<RelayRefused | null>;
  stopAdding(): void;
  /** A link that was begun by hand, to the relay whose page is there. It is not remembered: by its address it could not be opened. */
  adopt(link: Link, address: string): Promise<RelayRefused | null>;
  /** The relay with this address, under all of its. */
  forget(address: string): Promise<void>;
  others(): readonly OtherRelayView[];
  link(): Link | null;
  /** By which it was opened last. */
  address(): string;
  how(): StandInView['how'];
  lost(link: Link): void;
  /** This relay is our own, and open. To one relay one link: it knows us by one name. */
  isOwn(relay: PeerId): void;
  /** Our own was lost, or somebody looks again: do not wait any longer. */
  hurry(): void;
  close(): void;
}

export interface OtherRelayHands {
  /** Our own relay, under whatever address. */
  isOwn(address: string): boolean;
  isOwnPeer(relay: PeerId): boolean;
  isOwnOpen(): boolean;
  onOpen(link: Link): void;
  onChange(): void;
}

export function createOtherRelay(core: Core, network: Network, hands: OtherRelayHands): OtherRelay {
  const { clock, entropy, log } = core;
  const book = createAddressBook(core);
  let link: Link | null = null;
  let openAt = '';
  let isByHand = false;
  let failures = 0;
  let wait: Stop | null = null;
  let calm: Stop | null = null;
  let attempt: AbortController | null = null;
  let adding: { isStopped: boolean; attempt: AbortController } | null = null;
  let isClosed = false;

  const how = (): StandInView['how'] => (isByHand ? 'by-hand' : 'open');

  const drop = async (isIt: (address: string) => boolean): Promise<void> => {
    const isKept = book.forget(isIt);
    hands.onChange();
    await isKept;
  };

  /** `instead`: of another that is open. */
  const knock = async (address: string, until: AbortController, instead: boolean): Promise<Answer> => {
    const stop = clock.after(instead ? addMs : attemptMs, () => until.abort());
    const opened = await network.openRelay(address, until.signal);
    stop();
    if (opened.state !== 'open') {
      log('other-relay-not-open', { why: opened.why, failures });
      return 'no';
    }
    if (isClosed || hands.isOwnPeer(opened.link.peer)) {
      opened.link.close();
      if (!isClosed) void drop((each) => each === address);
      return 'own';
    }
    if (link !== null && !instead) {
      opened.link.close();
      return 'no';
    }
    await begin(opened.link, address, 'dialled');
    return 'open';
  };

  const begin = async (opened: Link, address: string, how: 'dialled' | 'by-hand'): Promise<void> => {
    const before = link;
    link = null;
    before?.close();
    // Its end is told before the new beginning.
    if (before !== null) await Promise.resolve();
    link = opened;
    openAt = address;
    isByHand = how === 'by-hand';
    if (hands.isOwnOpen()) letGo();
    hands.onOpen(link);
  };

  const open = async (): Promise<void> => {
    wait = null;
    if (isClosed || attempt !== null || adding !== null || link !== null) return;
    attempt = new AbortController();
    await book.load();
    const isAsked = ({ address, from }: KnownDoor): boolean => !hands.isOwn(address) && (from === 'invite' || !hands.isOwnOpen());
    const address = book.doors().find(isAsked)?.address;
    const isOpen = address !== undefined && !isClosed && (await knock(address, attempt, false)) === 'open';
    attempt = null;
    if (isClosed || address === undefined) return;
    failures = isOpen ? 0 : failures + 1;
    if (isOpen) void book.answered(address);
    else book.failed(address);
    if (!isOpen) plan(firstWaitMs * 2 ** failures);
    hands.onChange();
  };

  const plan = (mostMs: number): void => {
    wait?.();
    wait = null;
    if (isClosed || link !== null) return;
    // A thousand pages must not come back as one.
    const luck = (entropy.bytes(1)[0] ?? 0) / 255;
    wait = clock.after(Math.min(mostMs, longestWaitMs) * (1 - luck / 2), () => void open());
  };

  const learn = async (addresses: readonly string[], from: KnownDoor['from']): Promise<void> => {
    await book.load();
    if (!isClosed && book.learn(addresses, from)) plan(firstWaitMs);
  };

  /** What our own knows again, another of its mesh need not tell us. */
  const letGo = (): void => {
    calm?.();
    calm = clock.after(calmMs, () => {
      const isOfMesh = book.doors().some((door) => door.address === openAt && door.from === 'mesh');
      if (isOfMesh && hands.isOwnOpen()) link?.close();
    });
  };

  const stopAdding = (): void => {
    if (adding === null) return;
    adding.isStopped = true;
    adding.attempt.abort();
    adding = null;
  };

  const add = async (addresses: readonly string[]): Promise<RelayRefused | null> => {
    stopAdding();
    const mine = (adding = { isStopped: false, attempt: new AbortController() });
    await book.load();
    attempt?.abort();
    const answer = await addOneOf(addresses, mine);
    if (adding === mine) adding = null;
    if (answer !== null) plan(firstWaitMs);
    return answer;
  };

  const addOneOf = async (addresses: readonly string[], mine: NonNullable<typeof adding>): Promise<RelayRefused | null> => {
    if (addresses.some(hands.isOwn)) return 'own';
    if (link !== null && addresses.some((each) => doorOf(each) === doorOf(openAt))) return null;
    for (const [at, address] of addresses.entries()) {
      if (mine.isStopped || isClosed) return 'stopped';
      mine.attempt = new AbortController();
      const answer = await knock(address, mine.attempt, true);
      if (answer === 'own') return isClosed ? 'stopped' : 'own';
      if (answer === 'no') continue;
      // Its doors that were not tried may do another day; those that failed may not.
      book.learn(addresses.slice(at), 'invite');
      failures = 0;
      const isKept = book.answered(address);
      hands.onChange();
      await isKept;
      return null;
    }
    return mine.isStopped || isClosed ? 'stopped' : 'unreachable';
  };

  plan(firstWaitMs);

  return {
    know: (addresses, from) => void learn(addresses, from),
    add,
    stopAdding,
    adopt: async (opened, address) => {
      if (isClosed || hands.isOwnPeer(opened.peer)) {
        opened.close();
        return isClosed ? 'stopped' : 'own';
      }
      stopAdding();
      attempt?.abort();
      wait?.();
      wait = null;
      await begin(opened, address, 'by-hand');
      hands.onChange();
      return null;
    },
    forget: async (address) => {
      const isIt = (each: string): boolean => placeOf(each) === placeOf(address);
      const dropped = drop(isIt);
      if (isIt(openAt)) link?.close();
      await dropped;
    },
    others: () => {
      const places = new Map<string, OtherRelayView>();
      const named = book.doors().flatMap(({ address, from }) => (from === 'invite' ? [address] : []));
      const listed = link !== null && isByHand ? [openAt, ...named] : named;
      for (const address of listed.filter((each) => !hands.isOwn(each))) {
        const place = placeOf(address);
        const isOpen = link !== null && place === placeOf(openAt);
        if (isOpen) places.set(place, { address: openAt, state: how() });
        else if (!places.has(place)) places.set(place, { address, state: 'resting' });
      }
      return [...places.values()];
    },
    link: () => link,
    address: () => openAt,
    how,
    lost: (gone) => {
      if (gone !== link) return;
      link = null;
      plan(firstWaitMs);
    },
    isOwn: (relay) => {
      letGo();
      if (link?.peer !== relay) return;
      void drop((each) => each === openAt);
      link.close();
    },
    hurry: () => {
      failures = 0;
      plan(0);
    },
    close: () => {
      isClosed = true;
      stopAdding();
      calm?.();
      wait?.();
      attempt?.abort();
      link?.close();
    },
  };
}

type Answer = 'open' | 'own' | 'no';

const attemptMs = 6_000;
/** Somebody waits, and may be reading what the browser asks about devices of the network. */
const addMs = 10_000;
/** Our own comes first, and the first words. */
const firstWaitMs = 2_000;
const longestWaitMs = 600_000;
/** Whoever was met there is met at our own by then. */
const calmMs = 30_000;
