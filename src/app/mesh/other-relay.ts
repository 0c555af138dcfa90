/**
 * Keeps one link to a relay that is not our own: of those that followed invites named, one that answers; and while our own is
 * away also of those of its mesh. So people of two relays meet, and either may die. They are asked in turns, ever more rarely.
 */
import type { Core } from '../core.ts';
import type { Stop } from '../../ports/clock.ts';
import type { Link, Network } from '../../ports/network.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { createAddressBook } from './address-book.ts';
import type { KnownDoor } from './address-book.ts';

export interface OtherRelay {
  /** An invite that was followed named these, or our own relay. */
  know(addresses: readonly string[], from: KnownDoor['from']): void;
  link(): Link | null;
  /** By which it was opened last. */
  address(): string;
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
  let failures = 0;
  let wait: Stop | null = null;
  let calm: Stop | null = null;
  let attempt: AbortController | null = null;
  let isClosed = false;

  const knock = async (address: string, until: AbortController): Promise<boolean> => {
    const stop = clock.after(attemptMs, () => until.abort());
    const opened = await network.openRelay(address, until.signal);
    stop();
    if (opened.state !== 'open') {
      log('other-relay-not-open', { why: opened.why, failures });
      return false;
    }
    if (isClosed || hands.isOwnPeer(opened.link.peer)) {
      opened.link.close();
      if (!isClosed) book.forget(address);
      return false;
    }
    link = opened.link;
    openAt = address;
    if (hands.isOwnOpen()) letGo();
    hands.onOpen(link);
    return true;
  };

  const open = async (): Promise<void> => {
    wait = null;
    if (isClosed || attempt !== null || link !== null) return;
    attempt = new AbortController();
    await book.load();
    const address = book
      .doors()
      .find((door) => !hands.isOwn(door.address) && (door.from === 'invite' || !hands.isOwnOpen()))?.address;
    const isOpen = address !== undefined && !isClosed && (await knock(address, attempt));
    attempt = null;
    if (isClosed || address === undefined) return;
    failures = isOpen ? 0 : failures + 1;
    if (isOpen) book.answered(address);
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

  plan(firstWaitMs);

  return {
    know: (addresses, from) => void learn(addresses, from),
    link: () => link,
    address: () => openAt,
    lost: (gone) => {
      if (gone !== link) return;
      link = null;
      plan(firstWaitMs);
    },
    isOwn: (relay) => {
      letGo();
      if (link?.peer !== relay) return;
      book.forget(openAt);
      link.close();
    },
    hurry: () => {
      failures = 0;
      plan(0);
    },
    close: () => {
      isClosed = true;
      calm?.();
      wait?.();
      attempt?.abort();
      link?.close();
    },
  };
}

const attemptMs = 6_000;
/** Our own comes first, and the first words. */
const firstWaitMs = 2_000;
const longestWaitMs = 600_000;
/** Whoever was met there is met at our own by then. */
const calmMs = 30_000;
