/** The app on its disk and network, loaded beside the interface; libp2p comes later, by itself. */
import type { OpenedDatabase } from './adapters/idb/database.ts';
import { openStorage } from './adapters/idb/storage.ts';
import type { HeadStart } from './adapters/libp2p/head-start.ts';
import { openNetwork } from './adapters/libp2p/page.ts';
import { createClock } from './adapters/web/clock.ts';
import { createEntropy } from './adapters/web/entropy.ts';
import { createLog } from './adapters/web/log.ts';
import { firstDoor } from './adapters/web/first-door.ts';
import { readCard } from './adapters/web/read-card.ts';
import type { PageApp } from './app/app.ts';
import { startApp } from './app/start.ts';
import { shareApp } from './app/tabs.ts';
import type { SharedApp } from './app/tabs.ts';
import { createMeasure } from './measure.ts';
import { warmUp } from './protocol/warm-up.ts';
import type { Tabs } from './ports/tabs.ts';

/** `database` opens once this tab leads. */
export function openApp(tabs: Tabs, headStart: HeadStart, database: Promise<OpenedDatabase>): SharedApp & PageApp {
  const clock = createClock();
  const entropy = createEntropy();
  const log = createLog();
  const storage = openStorage(database, entropy.bytes, log);
  storage.catch(() => undefined);
  const measure = __WAVU_BENCH__ ? createMeasure() : null;
  const app = shareApp({ tabs, clock, entropy }, () => {
    const network = openNetwork({ log, headStart });
    return startApp({
      clock,
      entropy,
      log,
      loadMembers: async () => (await import('./members.ts')).openMembers,
      loadHere: async () => (await import('./members.ts')).createHere,
      loadPairing: async () => (await import('./pairing.ts')).openPairing,
      // Starting its engine would fall into the midst of what is measured, in some runs and not in others.
      ...(__WAVU_BENCH__ ? {} : { loadPredictor: async () => (await import('./predictor.ts')).openPredictor() }),
      readCard,
      firstDoor: firstDoor(location),
      storage,
      network: measure?.watch(network, storage) ?? network,
    });
  });
  measure?.offer(app);
  setTimeout(() => warmUp() || log('warm-up-failed'), calmMs);
  return { ...app, doctor: async () => (await import('./doctor.ts')).openDoctor(app) };
}

/** By then the start is over. */
const calmMs = 1_500;
