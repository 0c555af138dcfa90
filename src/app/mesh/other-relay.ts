/**
 * Keeps one link to a relay that is not our own: of those that followed invites named, one that answers. So people of two relays
 * meet, and either may die. They are asked in turns, and one that does not answer ever more rarely.
 */
import type { Core } from '../core.ts';
import type { Stop } from '../../ports/clock.ts';
import type { Link, Network } from '../../ports/network.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { decodeText } from '../../protocol/bytes.ts';
import { limits } from '../../protocol/limits.ts';
import { keyOf } from '../records.ts';
import { doorOf } from './relay-keeper.ts';

export interface OtherRelay {
  /** An invite that was followed named these. */
  know(addresses: readonly string[]): void;
  link(): Link | null;
  /** By which it was opened last. */
  address(): string;
  lost(link: Link): void;
  /** This relay turned out to be our own. To one relay one link: it knows us by one name. */
  isOwn(relay: PeerId): void;
  /** Our own was lost, or somebody looks again: do not wait any longer. */
  hurry(): void;
  close(): void;
}

export interface OtherRelayHands {
  /** Our own relay, under whatever address. */
  isOwn(address: string): boolean;
  isOwnPeer(relay: PeerId): boolean;
  onOpen(link: Link): void;
  onChange(): void;
}

export function createOtherRelay(core: Core, network: Network, hands: OtherRelayHands): OtherRelay {
  const { clock, entropy, log } = core;
  /** The one to be asked next comes first. */
  let known: readonly string[] = [];
  let link: Link | null = null;
  let openAt = '';
  let failures = 0;
  let wait: Stop | null = null;
  let attempt: AbortController | null = null;
  let loading: Promise<unknown> | null = null;
  let isClosed = false;

  const keep = (): void =>
    void core.lane.run(() =>
      core.commit([{ op: 'put', key: keyOf.otherRelays, value: new TextEncoder().encode(known.join('\n')) }], 'relaxed'),
    );

  const forget = (address: string): void => {
    known = known.filter((each) => each !== address);
    keep();
  };

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
      if (!isClosed) forget(address);
      return false;
    }
    link = opened.link;
    openAt = address;
    hands.onOpen(link);
    return true;
  };

  const open = async (): Promise<void> => {
    wait = null;
    if (isClosed || attempt !== null || link !== null) return;
    attempt = new AbortController();
    await load();
    const address = known.find((each) => !hands.isOwn(each));
    const isOpen = address !== undefined && !isClosed && (await knock(address, attempt));
    attempt = null;
    if (isClosed || address === undefined) return;
    failures = isOpen ? 0 : failures + 1;
    // Whoever answered is asked first next time, whoever did not after all others.
    if (!isOpen && known.includes(address)) known = [...known.filter((each) => each !== address), address];
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

  const add = (addresses: readonly string[]): boolean => {
    const fresh = addresses.filter((each) => isAddress(each) && !known.some((other) => doorOf(other) === doorOf(each)));
    known = [...fresh, ...known].slice(0, mostKnown);
    return fresh.length > 0;
  };

  /** From the disk, once. Nobody's start waits for it. */
  const load = (): Promise<unknown> =>
    (loading ??= core.storage.get(keyOf.otherRelays).then((kept) => kept && add((decodeText(kept.value) ?? '').split('\n'))));

  const learn = async (addresses: readonly string[]): Promise<void> => {
    await load();
    if (!add(addresses) || isClosed) return;
    keep();
    plan(firstWaitMs);
  };

  plan(firstWaitMs);

  return {
    know: (addresses) => void learn(addresses),
    link: () => link,
    address: () => openAt,
    lost: (gone) => {
      if (gone !== link) return;
      link = null;
      plan(firstWaitMs);
    },
    isOwn: (relay) => {
      if (link?.peer !== relay) return;
      forget(openAt);
      link.close();
    },
    hurry: () => {
      failures = 0;
      plan(0);
    },
    close: () => {
      isClosed = true;
      wait?.();
      attempt?.abort();
      link?.close();
    },
  };
}

const isAddress = (text: string): boolean => /^\/\S+$/.test(text) && text.length <= limits.relayHintBytes;

const mostKnown = 8;
const attemptMs = 6_000;
/** Our own comes first, and the first words. */
const firstWaitMs = 2_000;
const longestWaitMs = 600_000;
