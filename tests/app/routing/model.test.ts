/** The model comes once there is a link to score, and not for who said no; that word outlives the start. */
import { expect, test } from 'vitest';
import { createPredictor } from '../../../src/adapters/memory/predictor.ts';
import { createWorld } from '../../../src/adapters/memory/world.ts';
import { createCore } from '../../../src/app/core.ts';
import { createModel } from '../../../src/app/routing/model.ts';
import type { Model } from '../../../src/app/routing/model.ts';
import { createRouting } from '../../../src/app/routing/routing.ts';
import { createStore } from '../../../src/app/store.ts';
import type { Store } from '../../../src/app/store.ts';
import type { Predictor } from '../../../src/ports/predictor.ts';

const world = createWorld({ seed: 'model' });

interface Started {
  readonly model: Model;
  readonly store: Store;
  /** What was brought, and whether it was put away. */
  readonly brought: { isClosed: boolean }[];
  arrive(): Promise<void>;
}

async function start(device: ReturnType<typeof world.node>): Promise<Started> {
  const life = device.start();
  const opened = await world.finish(life.openStorage());
  if (opened.state !== 'open') throw new Error(opened.why);
  const store = createStore();
  const core = createCore({ ...life, storage: opened.storage }, store, () => []);
  const brought: { isClosed: boolean }[] = [];
  let { promise, resolve } = Promise.withResolvers<void>();
  const load = async (): Promise<Predictor> => {
    const one = { isClosed: false };
    brought.push(one);
    await promise;
    const predictor = createPredictor(life.clock, { name: 'test', inputs: ['rttMs'], scoreRow: () => 1, takesMs: 1 });
    return { ...predictor, close: () => void (one.isClosed = true) };
  };
  const model = createModel(core, createRouting(life.clock, { changed: () => undefined, opened: () => undefined }), load);
  return {
    model,
    store,
    brought,
    arrive: async () => {
      resolve();
      await world.runFor(10);
      ({ promise, resolve } = Promise.withResolvers<void>());
    },
  };
}

test('nothing is brought before there is a link, and then once', async () => {
  const { model, brought, arrive } = await start(world.node('one'));
  await world.finish(model.load());
  expect(brought).toEqual([]);
  model.wanted();
  model.wanted();
  await arrive();
  model.wanted();
  expect(brought).toEqual([{ isClosed: false }]);
  model.close();
  await world.runFor(10);
  expect(brought).toEqual([{ isClosed: true }]);
});

test('who says no gets none, also at the next start, until they say yes', async () => {
  const device = world.node('two');
  const first = await start(device);
  await world.finish(first.model.load());
  first.model.wanted();
  await first.arrive();
  await world.finish(first.model.allow(false));
  await world.runFor(10);
  expect([first.store.view().modelMayScore, first.brought]).toEqual([false, [{ isClosed: true }]]);
  device.crash('power-cut');

  const second = await start(device);
  await world.finish(second.model.load());
  second.model.wanted();
  expect([second.store.view().modelMayScore, second.brought]).toEqual([false, []]);
  await world.finish(second.model.allow(true));
  await second.arrive();
  expect([second.store.view().modelMayScore, second.brought]).toEqual([true, [{ isClosed: false }]]);
});

test('what arrives after a no is put away', async () => {
  const { model, brought, arrive } = await start(world.node('three'));
  await world.finish(model.load());
  model.wanted();
  await world.finish(model.allow(false));
  await arrive();
  expect(brought).toEqual([{ isClosed: true }]);
});
