/** Lets the tabs of this browser choose one leader and talk among themselves. */
import type { Tabs } from '../../ports/tabs.ts';

/** `world` sets tests apart; a person's browser has only one. */
export function createTabs(world: string = 'wavu'): Tabs {
  const channel = new BroadcastChannel(world);
  let leading: Promise<void> | null = null;
  return {
    lead(signal) {
      if (leading !== null) return leading;
      const asked = holdLock(`${world}-leader`, signal);
      leading = asked;
      // An abandoned wait may be begun anew; a lock once held stays ours.
      asked.catch(() => (leading = null));
      return asked;
    },
    post: (note) => channel.postMessage(note),
    listen(onNote) {
      const hear = (event: MessageEvent<unknown>): void => onNote(event.data);
      channel.addEventListener('message', hear);
      return () => channel.removeEventListener('message', hear);
    },
  };
}

/** Resolves once held. The browser frees it when the tab closes, crashes or navigates away: no heartbeat to miss. */
async function holdLock(name: string, signal: AbortSignal): Promise<void> {
  // Only secure contexts have locks. Elsewhere the doorstep is served and nobody asks; if so, nobody leads.
  const locks: LockManager | undefined = navigator.locks;
  if (locks === undefined) return await new Promise<never>(() => undefined);
  await new Promise<void>((held, refused) => {
    // Chromium forgets an abort that comes before a page's first request went out, and grants the lock all the same.
    const giveUp = (): void => refused(signal.reason);
    const untilGone = (): Promise<never> | undefined => {
      if (signal.aborted) return undefined;
      signal.removeEventListener('abort', giveUp);
      held();
      return new Promise(() => undefined);
    };
    signal.addEventListener('abort', giveUp, { once: true });
    locks.request(name, { signal }, untilGone).catch(refused);
  });
}
