/** A few people of whom one goes at a chosen commit and comes back: whoever tells a story of them asks again. */
import { nodeCryptoSuite } from '../../src/adapters/node-crypto/suite.ts';
import type { World } from '../../src/adapters/memory/world.ts';
import type { App } from '../../src/app/app.ts';
import type { RoomView } from '../../src/app/view.ts';
import type { RoomId } from '../../src/protocol/ids.ts';
import type { Page } from '../simulation/page.ts';
import { createTruth } from '../simulation/truth.ts';
import { createUnsafeCountedSuite } from '../simulation/unsafe-counted-suite.ts';
import { createBrink } from './brink.ts';
import type { Brink, Moment } from './brink.ts';
import { createNonces } from './nonces.ts';
import { appOf, createVillage, messagesOf, textsOf } from './village.ts';

export interface Fall {
  /** Which of them. */
  readonly who: number;
  readonly commit: number;
  readonly moment: Moment;
  readonly how: 'killed' | 'power-cut';
}

export interface Told {
  /** Of each device, since their falls were set. */
  readonly commits: readonly number[];
  /** What was wrong in the end; empty in a good story. */
  readonly wrong: readonly string[];
  readonly left: number;
}

export interface Stage {
  readonly world: World;
  readonly pages: readonly Page[];
  /** From now on commits count. */
  arm(falls: readonly Fall[]): void;
  /** What is said there is watched, and shown again by whoever comes back. */
  lookAt(room: RoomId): void;
  /** Whoever fell comes back a while later; it may fall again while it starts, and so may another. */
  revive(): Promise<void>;
  /** Waits for as long as it may take, and for whoever falls meanwhile. */
  until(what: string, holds: () => boolean): Promise<void>;
  /** Asks until it is done: the answer may have been lost with the device. */
  ask(page: Page, verb: (app: App) => Promise<unknown>, isDone: (app: App) => boolean): Promise<void>;
  say(page: Page, text: string): Promise<void>;
  view(page: Page): RoomView | undefined;
  have(some: readonly Page[], count: number): boolean;
  /** A while after the end: each is to show so many messages. */
  told(wanted: Readonly<Record<string, number>>): Promise<Told>;
}

export async function stageOf(seed: string, names: readonly string[]): Promise<Stage> {
  const nonces = createNonces();
  const brinks = new Map<string, Brink>();
  const village = createVillage(seed, {
    page: (name) => {
      const brink = createBrink();
      brinks.set(name, brink);
      const suite = nonces.suite(name, createUnsafeCountedSuite({ signPublic: nodeCryptoSuite.signPublic }));
      return { suite, storage: brink.storage, network: nonces.network };
    },
  });
  const { world } = village;
  const pages: Page[] = [];
  for (const name of names) pages.push(await village.person(name));
  let room: RoomId | null = null;
  const facts: string[] = [];
  const truth = createTruth(world.nowMs, (fact) => void facts.push(fact));
  const watch = (page: Page): void => truth.watch(page.node.name, appOf(page), () => room, world.nowMs);
  pages.forEach(watch);

  const isDown = (): boolean => pages.some((page) => page.running() === null);
  const bringBack = async (page: Page): Promise<void> => {
    await world.runFor(300);
    let isUp = false;
    void page.start(room === null ? [] : [room]).then(() => (isUp = true));
    await world.runUntil(() => isUp || page.node.lives().length === 0, 60_000);
    if (page.running() === null) return;
    watch(page);
    // What it shows is safe a moment later.
    await world.runUntil(() => page.running() === null, 100);
  };
  const revive: Stage['revive'] = async () => {
    while (isDown()) for (const page of pages) if (page.running() === null) await bringBack(page);
  };

  const until: Stage['until'] = async (what, holds) => {
    const endMs = world.nowMs() + patienceMs;
    const isSo = (): boolean => !isDown() && holds();
    while (!isSo()) {
      if (!(await world.runUntil(() => isDown() || isSo(), endMs - world.nowMs()))) throw new Error(`never: ${what}`);
      await revive();
    }
  };

  const ask: Stage['ask'] = async (page, verb, isDone) => {
    for (let round = 0; round < 5; round += 1) {
      await revive();
      if (isDone(appOf(page))) return;
      let isOver = false;
      void verb(appOf(page)).finally(() => (isOver = true));
      await world.runUntil(() => isOver || page.running() === null, 30_000);
      if (page.running() !== null && !isDone(appOf(page))) await world.runFor(2_000);
    }
    await revive();
    if (!isDone(appOf(page))) throw new Error(`asked five times in vain: ${String(verb)}`);
  };

  return {
    ...{ world, pages, revive, until, ask },
    arm: (falls) => {
      for (const [at, name] of names.entries()) {
        const fall = falls.find(({ who }) => who === at);
        const page = pages[at]!;
        brinks.get(name)?.arm(fall?.commit ?? 0, fall?.moment ?? 'before', () => page.crash(fall?.how ?? 'killed'));
      }
    },
    lookAt: (id) => void (room = id),
    say: async (page, text) => {
      truth.asked(text, page.node.name);
      const id = room!;
      await ask(
        page,
        async (app) => void (await app.send(id, text)),
        (app) => textsOf(app, id).includes(text),
      );
      truth.answered(text, true);
    },
    view: (page) =>
      page
        .running()
        ?.app.view()
        .rooms.find(({ id }) => id === room),
    have: (some, count) => some.every((page) => room !== null && textsOf(appOf(page), room).length >= count),
    told: async (wanted) => {
      await world.runFor(120_000);
      await revive();
      const wrong: string[] = [...nonces.twice()];
      const shown = new Map(pages.map((page) => [page.node.name, messagesOf(appOf(page), room!)]));
      truth.count(shown);
      wrong.push(...facts);
      for (const [name, messages] of shown) {
        if (messages.length !== wanted[name]) wrong.push(`${name} has ${messages.map(({ text }) => text).join(', ')}`);
      }
      return { commits: names.map((name) => brinks.get(name)?.commits() ?? 0), wrong, left: nonces.counts().left };
    },
  };
}

const patienceMs = 600_000;
