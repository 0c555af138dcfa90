/** Says things over a link that may be slow: what it does not take yet waits in order, and too much of that ends it. */
import type { Clock, Stop } from '../src/ports/clock.ts';
import type { Link } from '../src/ports/network.ts';

export interface SlowLink {
  /** Must not be lost. */
  say(frame: Uint8Array): void;
  /** Only if it can go now: nothing overtakes what waits. */
  offer(frame: Uint8Array): boolean;
  /** From now on it may go; what waits goes first. */
  begin(): void;
  stop(): void;
}

export interface SlowLinkRules {
  /** More waits, and it is too slow. */
  readonly mostHeld: number;
  readonly onTooSlow: () => void;
  /** All waits until `begin`. */
  readonly waits?: boolean;
}

const retryMs = 50;

export function createSlowLink(clock: Clock, link: Link, { mostHeld, onTooSlow, waits = false }: SlowLinkRules): SlowLink {
  let held: Uint8Array[] = [];
  let isWaiting = waits;
  let retry: Stop | null = null;

  const flush = (): void => {
    retry = null;
    let at = 0;
    while (at < held.length && link.send(held[at]!) !== 'full') at += 1;
    held = held.slice(at);
    if (held.length > 0) retry = clock.after(retryMs, flush);
  };

  return {
    say: (frame) => {
      if (!isWaiting && held.length === 0 && link.send(frame) !== 'full') return;
      held.push(frame);
      if (held.length > mostHeld) return onTooSlow();
      if (!isWaiting) retry ??= clock.after(retryMs, flush);
    },
    offer: (frame) => !isWaiting && held.length === 0 && link.send(frame) === 'sent',
    begin: () => {
      isWaiting = false;
      flush();
    },
    stop: () => {
      retry?.();
      retry = null;
      held = [];
    },
  };
}
