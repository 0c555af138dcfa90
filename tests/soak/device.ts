/** A device without a browser: the whole app on real sockets and a real clock; its disk alone is memory. */
import { createDisk, diskRules } from '../../src/adapters/memory/disk.ts';
import { createRandom } from '../../src/adapters/memory/random.ts';
import { openNetwork } from '../../src/adapters/libp2p/page.ts';
import type { PageNetworkSettings } from '../../src/adapters/libp2p/page.ts';
import { nodeCryptoSuite } from '../../src/adapters/node-crypto/suite.ts';
import { createClock } from '../../src/adapters/web/clock.ts';
import { createEntropy } from '../../src/adapters/web/entropy.ts';
import type { App } from '../../src/app/app.ts';
import { createHere } from '../../src/app/here/here.ts';
import { openMembersWith } from '../../src/app/members/open.ts';
import { openPairingWith } from '../../src/app/pairing/open.ts';
import { startApp } from '../../src/app/start.ts';
import type { View } from '../../src/app/view.ts';
import type { OpenedStorage } from '../../src/ports/storage.ts';
import { relayCardPath } from '../../src/protocol/relay-card.ts';

export type DeviceSettings = Pick<PageNetworkSettings, 'createConnection'>;

/** Named, and on its way to the relay whose page it would have come from. */
export async function openDevice(name: string, relayUrl: string, settings: DeviceSettings = {}): Promise<App> {
  const clock = createClock();
  const log = (): void => undefined;
  const app = await startApp({
    clock,
    entropy: createEntropy(),
    log,
    loadMembers: async () => openMembersWith(nodeCryptoSuite),
    loadHere: async () => createHere,
    loadPairing: async () => openPairingWith(nodeCryptoSuite),
    readCard: async (signal) => {
      try {
        const answer = await fetch(new URL(relayCardPath, relayUrl), { signal });
        return (await answer.json()) as unknown;
      } catch {
        return null;
      }
    },
    network: openNetwork({ log, ...settings }),
    storage: Promise.resolve(openDisk(() => clock.ticksMs())),
  });
  await app.nameMe(name);
  return app;
}

/** Until the view is so; for ever, if it never is. */
export const untilView = (app: App, isSo: (view: View) => boolean): Promise<void> =>
  new Promise((resolve) => {
    const look = (): void => {
      if (!isSo(app.view())) return;
      stop();
      resolve();
    };
    const stop = app.subscribe(look);
    look();
  });

function openDisk(nowMs: () => number): OpenedStorage {
  const disk = createDisk(diskRules, createRandom('disk'));
  return {
    state: 'open',
    storage: {
      get: async (key) => disk.get(key),
      range: async (wanted) => disk.range(wanted),
      commit: async (batch) => disk.apply(batch, nowMs()),
      close: async () => undefined,
    },
  };
}
