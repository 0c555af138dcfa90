/** People without any relay, and codes carried from one to the other by hand. */
import { createWorld } from '../../src/adapters/memory/world.ts';
import type { World } from '../../src/adapters/memory/world.ts';
import type { App } from '../../src/app/app.ts';
import type { PairingView } from '../../src/app/view.ts';
import { createPage } from '../simulation/page.ts';
import type { Page, PageOptions } from '../simulation/page.ts';
import { appOf } from './village.ts';

export interface Beside {
  readonly world: World;
  person(name: string, options?: PageOptions): Promise<Page>;
  until(what: string, holds: () => boolean, capMs?: number): Promise<void>;
  /** The code that this one shows. */
  code(page: Page, half: 'offering' | 'answering'): Promise<string>;
  /** One offers, the other answers. */
  pair(one: Page, other: Page): Promise<void>;
}

/** A world in which no relay was ever started. */
export function createBeside(seed: string): Beside {
  const world = createWorld({ seed });
  const beside: Beside = {
    world,
    person: async (name, options) => {
      const page = createPage(world, name, '/memory/nobody', () => undefined, options);
      const { app } = await world.finish(page.start([]));
      await world.finish(app.nameMe(name));
      return page;
    },
    until: async (what, holds, capMs = 60_000) => {
      if (!(await world.runUntil(holds, capMs))) throw new Error(`after ${capMs} virtual ms still not: ${what}`);
    },
    code: async (page, half) => {
      await beside.until(`${half}`, () => stageOf(page) === half);
      const pairing = pairingOf(appOf(page));
      return pairing !== null && 'code' in pairing ? pairing.code : '';
    },
    pair: async (one, other) => {
      await world.finish(appOf(one).beginPairing());
      await world.finish(appOf(other).takePairing(await beside.code(one, 'offering')));
      await world.finish(appOf(one).takePairing(await beside.code(other, 'answering')));
      await beside.until('both are connected', () => [one, other].every((each) => stageOf(each) === 'connected'));
    },
  };
  return beside;
}

export const pairingOf = (app: App): PairingView | null => app.view().pairing;

export const stageOf = (page: Page): PairingView['stage'] | null => pairingOf(appOf(page))?.stage ?? null;

export const isLinked = (page: Page): boolean =>
  appOf(page)
    .view()
    .mesh.neighbours.some(({ path }) => path === 'direct');
