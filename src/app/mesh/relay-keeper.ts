/**
 * Keeps one link to the relay open: at once, then ever more patiently, and at once again when somebody looks.
 * The card's first address is the first door, and is tried each time; when it fails, one of the others is tried beside.
 * Who came by another looks now and then whether the first opens, and goes over: it is the one made for many.
 */
import type { Clock, Stop } from '../../ports/clock.ts';
import type { Entropy } from '../../ports/entropy.ts';
import type { Log } from '../../ports/log.ts';
import type { Link, Network } from '../../ports/network.ts';
import type { RelayView } from '../view.ts';

export interface RelayKeeper {
  /** Where to look. New addresses replace the old at the next attempt. */
  lookAt(addresses: readonly string[]): void;
  link(): Link | null;
  state(): Pick<RelayView, 'address' | 'state'> | null;
  /** The network says the link is gone. */
  lost(link: Link): void;
  /** Do not wait any longer. */
  hurry(): void;
  close(): void;
}

export function createRelayKeeper(
  ports: { readonly clock: Clock; readonly entropy: Entropy; readonly log: Log },
  network: Network,
  onOpen: (link: Link) => void,
  onChange: () => void,
): RelayKeeper {
  const { clock, entropy, log } = ports;
  let addresses: readonly string[] = [];
  let link: Link | null = null;
  let openAt = '';
  let openedMs = 0;
  let failures = 0;
  let wait: Stop | null = null;
  let attempt: AbortController | null = null;
  let beside: AbortController | null = null;
  let turn = 0;
  let isClosed = false;
  let hasBeenOpen = false;
  let isAtFirst = false;
  let isFirstKnown = false;

  const isFirstDoor = (address: string): boolean => doorOf(address) === doorOf(addresses[0] ?? '');

  const knock = async (address: string, until: AbortController, withinMs: number): Promise<boolean> => {
    const stop = clock.after(withinMs, () => until.abort());
    const opened = await network.openRelay(address, until.signal);
    stop();
    if (opened.state !== 'open') {
      log('relay-not-open', { why: opened.why, failures, door: isFirstDoor(address) ? 'first' : 'other' });
      return false;
    }
    const isFirst = isFirstDoor(address);
    if (isClosed || (link !== null && (isAtFirst || !isFirst))) {
      opened.link.close();
      return true;
    }
    const other = link;
    link = null;
    other?.close();
    // Its end is told before the new beginning.
    if (other !== null) await Promise.resolve();
    wait?.();
    wait = null;
    openedMs = clock.ticksMs();
    hasBeenOpen = true;
    isAtFirst = isFirst;
    isFirstKnown = isFirst;
    link = opened.link;
    openAt = address;
    onOpen(opened.link);
    return true;
  };

  const open = async (): Promise<void> => {
    wait?.();
    wait = null;
    if (isClosed || attempt !== null || (link !== null && isAtFirst) || addresses.length === 0) return;
    attempt = new AbortController();
    const isOpen = await knock(addresses[0] ?? '', attempt, attemptMs);
    attempt = null;
    if (isClosed) return;
    if (isOpen) beside?.abort();
    else if (link === null) {
      failures += 1;
      void openBeside();
    }
    plan();
    onChange();
  };

  /** A door that let us in before is most likely closed for a moment: it is asked more often than the others. */
  const openBeside = async (): Promise<void> => {
    const others = addresses.slice(1);
    if (isClosed || beside !== null || others.length === 0 || (isFirstKnown && failures % 4 !== 0)) return;
    beside = new AbortController();
    const isOpen = await knock(others[turn % others.length] ?? '', beside, besideMs);
    beside = null;
    turn += 1;
    if (isClosed || !isOpen) return;
    attempt?.abort();
    plan();
    onChange();
  };

  /** 0.25 s, 0.4 s, 0.6 s … 4 s, each shortened by up to half by luck, so that a thousand pages do not come back as one. */
  const plan = (): void => {
    if (isClosed || wait !== null || (link !== null && isAtFirst)) return;
    const luck = (entropy.bytes(1)[0] ?? 0) / 255;
    const mostMs = link === null ? Math.min(firstWaitMs * 1.6 ** failures, longestWaitMs) : lookBackMs;
    const delayMs = mostMs * (1 - luck / 2);
    wait = clock.after(delayMs, () => void open());
  };

  return {
    lookAt: (next) => {
      addresses = next;
      void open();
    },
    link: () => link,
    state: () => {
      const address = addresses[0];
      if (address === undefined) return null;
      if (link !== null) return { address: openAt, state: 'open' };
      return { address, state: hasBeenOpen || failures > 1 ? 'lost' : 'connecting' };
    },
    lost: (gone) => {
      if (gone !== link) return;
      link = null;
      wait?.();
      wait = null;
      // Whoever has no room says so and closes: it is not asked again at once.
      failures = clock.ticksMs() - openedMs < shedMs ? failures + 1 : 0;
      plan();
      onChange();
    },
    hurry: () => {
      failures = 0;
      // Who looks again may sit in another network.
      isFirstKnown = false;
      void open();
    },
    close: () => {
      isClosed = true;
      wait?.();
      attempt?.abort();
      beside?.abort();
      link?.close();
    },
  };
}

/** The same door, whether or not its address says who is behind it. */
export const doorOf = (address: string): string => address.replace(/\/p2p\/\w+$/, '');

const attemptMs = 6_000;
const besideMs = 3_000;
const firstWaitMs = 250;
const longestWaitMs = 4_000;
const lookBackMs = 60_000;
const shedMs = 1_000;
