/** Keeps one link to the relay open: at once, then ever more patiently, and at once again when somebody looks. */
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
  let failures = 0;
  let wait: Stop | null = null;
  let attempt: AbortController | null = null;
  let isClosed = false;
  let hasBeenOpen = false;

  const open = async (): Promise<void> => {
    wait?.();
    wait = null;
    if (isClosed || attempt !== null || link !== null || addresses.length === 0) return;
    const current = new AbortController();
    attempt = current;
    const stop = clock.after(attemptMs, () => current.abort());
    const address = addresses[failures % addresses.length] ?? '';
    const opened = await network.openRelay(address, current.signal);
    stop();
    attempt = null;
    if (opened.state === 'open') {
      if (isClosed) return opened.link.close();
      failures = 0;
      hasBeenOpen = true;
      link = opened.link;
      onOpen(opened.link);
    } else {
      failures += 1;
      log('relay-not-open', { why: opened.why, failures });
      plan();
    }
    onChange();
  };

  /** 0.25 s, 0.4 s, 0.6 s … 4 s, each shortened by up to half by luck, so that a thousand pages do not come back as one. */
  const plan = (): void => {
    if (isClosed || wait !== null) return;
    const luck = (entropy.bytes(1)[0] ?? 0) / 255;
    const delayMs = Math.min(firstWaitMs * 1.6 ** failures, longestWaitMs) * (1 - luck / 2);
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
      if (link !== null) return { address, state: 'open' };
      return { address, state: hasBeenOpen || failures > 1 ? 'lost' : 'connecting' };
    },
    lost: (gone) => {
      if (gone !== link) return;
      link = null;
      plan();
      onChange();
    },
    hurry: () => {
      failures = 0;
      if (link === null) void open();
    },
    close: () => {
      isClosed = true;
      wait?.();
      attempt?.abort();
      link?.close();
    },
  };
}

const attemptMs = 6_000;
const firstWaitMs = 250;
const longestWaitMs = 4_000;
