/** Runs in a page: the update offer, where a test can reach it. */
import { createLog } from '../../../src/adapters/web/log.ts';
import { createUpdates } from '../../../src/adapters/web/updates.ts';
import type { Updates } from '../../../src/adapters/web/updates.ts';

export interface OfflinePage {
  readonly updates: Updates;
  offers: number;
}

const offline: OfflinePage = { updates: createUpdates(createLog()), offers: 0 };
offline.updates.listen(() => (offline.offers += 1));
Object.assign(globalThis, { offline });
