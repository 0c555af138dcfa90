/** One of several tabs of somebody's browser: the one that leads runs the app, all show it. */
import { nodeCryptoSuite } from '../../src/adapters/node-crypto/suite.ts';
import type { Life } from '../../src/adapters/memory/node.ts';
import type { World } from '../../src/adapters/memory/world.ts';
import { createHere } from '../../src/app/here/here.ts';
import { openMembersWith } from '../../src/app/members/open.ts';
import { openPairingWith } from '../../src/app/pairing/open.ts';
import { startApp } from '../../src/app/start.ts';
import type { LocalApp } from '../../src/app/start.ts';
import { shareApp } from '../../src/app/tabs.ts';
import type { SharedApp } from '../../src/app/tabs.ts';

export interface Tab {
  readonly app: SharedApp;
  readonly life: Life;
}

/** `home`: the relay that it came by. */
export function openTab(world: World, name: string, home: string): Tab {
  const life = world.node(name, { home }).start();
  const { clock, entropy, tabs } = life;
  return { app: shareApp({ tabs, clock, entropy }, () => startIn(life)), life };
}

/** As it runs in the tab that leads. */
export const startIn = ({ clock, entropy, log, readCard, openStorage, network }: Life): Promise<LocalApp> =>
  startApp({
    clock,
    entropy,
    log,
    loadMembers: async () => openMembersWith(nodeCryptoSuite),
    loadHere: async () => createHere,
    loadPairing: async () => openPairingWith(nodeCryptoSuite),
    readCard,
    storage: openStorage(),
    network: Promise.resolve(network()),
  });
