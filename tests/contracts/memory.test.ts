/** Every contract on the memory world, for a fixed seed and a fresh one. */
import { describe, expect, test } from 'vitest';
import { createWorld } from '../../src/adapters/memory/world.ts';
import type { World } from '../../src/adapters/memory/world.ts';
import type { Storage } from '../../src/ports/storage.ts';
import { clockContract } from './clock.contract.ts';
import type { Case } from './contract.ts';
import { entropyContract } from './entropy.contract.ts';
import { networkContract } from './network.contract.ts';
import { storageContract } from './storage.contract.ts';
import { tabsContract } from './tabs.contract.ts';

const freshSeed = `fresh-${Math.floor(Math.random() * 1e9)}`;

for (const seed of ['fixed', freshSeed]) {
  let world: World = createWorld({ seed });
  const runAll = (cases: readonly Case[]): void => {
    for (const each of cases) {
      test(`${each.name}`, async () => {
        world = createWorld({ seed, path: { jitterMs: 10, loss: 0.01 } });
        await expect(world.finish(each.run())).resolves.toBeUndefined();
      });
    }
  };

  describe(`memory, seed ${seed}`, () => {
    runAll(
      storageContract('[storage]', async () => {
        const life = world.node('device').start();
        const open = async (): Promise<Storage> => {
          const opened = await life.openStorage();
          if (opened.state !== 'open') throw new Error(opened.why);
          return opened.storage;
        };
        return { open, dispose: async () => life.kill() };
      }),
    );
    runAll(
      networkContract('[network]', async () => {
        const relay = world.node('relay', { role: 'relay', address: '/memory/relay' }).start();
        let pages = 0;
        return {
          relay: relay.network(),
          relayAddress: '/memory/relay',
          deadAddress: '/memory/nobody',
          clock: relay.clock,
          page: async () => {
            pages += 1;
            return world.node(`page ${pages}`).start().network();
          },
          dispose: async () => {},
        };
      }),
    );
    runAll(clockContract('[clock]', async () => world.node('device').start().clock));
    runAll(entropyContract('[entropy]', async () => world.node('device').start().entropy));
    runAll(
      tabsContract('[tabs]', async () => ({
        open: async () => {
          const life = world.node('browser').start();
          return { tabs: life.tabs, gone: async () => life.kill() };
        },
        dispose: async () => {},
      })),
    );
  });
}
