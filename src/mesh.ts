/** The heavy half of the page, loaded beside the first paint: disk, network, and the app on them. */
import { openStorage } from './adapters/idb/storage.ts';
import { openNetwork } from './adapters/libp2p/page.ts';
import { createClock } from './adapters/web/clock.ts';
import { createEntropy } from './adapters/web/entropy.ts';
import { createLog } from './adapters/web/log.ts';
import { readCard } from './adapters/web/read-card.ts';
import { createTabs } from './adapters/web/tabs.ts';
import type { App } from './app/app.ts';
import { startApp } from './app/start.ts';
import { shareApp } from './app/tabs.ts';

export function openApp(): App {
  const clock = createClock();
  const entropy = createEntropy();
  const log = createLog();
  return shareApp({ tabs: createTabs(), clock, entropy }, () =>
    startApp({
      clock,
      entropy,
      log,
      readCard,
      storage: openStorage('wavu'),
      network: openNetwork({ log }),
    }),
  );
}
