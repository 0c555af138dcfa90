/** The whole life of a room of members, told while one device goes at a chosen commit and comes back: whoever tells it asks again. */
import { nodeCryptoSuite } from '../../src/adapters/node-crypto/suite.ts';
import type { App } from '../../src/app/app.ts';
import type { RoomView } from '../../src/app/view.ts';
import type { RoomId } from '../../src/protocol/ids.ts';
import type { Page } from '../simulation/page.ts';
import { createTruth } from '../simulation/truth.ts';
import { createUnsafeCountedSuite } from '../simulation/unsafe-counted-suite.ts';
import { createBrink } from './brink.ts';
import type { Brink, Moment } from './brink.ts';
import { createNonces } from './nonces.ts';
import { appOf, createVillage, messagesOf, roomOf, textsOf } from './village.ts';

export interface Fall {
  /** Which of the three. */
  readonly who: number;
  readonly commit: number;
  readonly moment: Moment;
  readonly how: 'killed' | 'power-cut';
}

export interface Told {
  /** Of each device, from the beginning of the story. */
  readonly commits: readonly number[];
  /** What was wrong in the end; empty in a good story. */
  readonly wrong: readonly string[];
  readonly left: number;
}

export async function tell(seed: string, falls: readonly Fall[]): Promise<Told> {
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
  const names = ['Asha', 'Juma', 'Neema'];
  const pages: Page[] = [];
  for (const name of names) pages.push(await village.person(name));
  const [asha, juma, neema] = pages as [Page, Page, Page];
  let room: RoomId | null = null;
  const facts: string[] = [];
  const truth = createTruth(world.nowMs, (fact) => void facts.push(fact));
  const watch = (page: Page): void => truth.watch(page.node.name, appOf(page), () => room, world.nowMs);
  pages.forEach(watch);
  for (const [at, name] of names.entries()) {
    const fall = falls.find(({ who }) => who === at);
    const page = pages[at]!;
    brinks.get(name)?.arm(fall?.commit ?? 0, fall?.moment ?? 'before', () => page.crash(fall?.how ?? 'killed'));
  }

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
  /** Whoever fell comes back a while later; it may fall again while it starts, and so may another. */
  const revive = async (): Promise<void> => {
    while (isDown()) for (const page of pages) if (page.running() === null) await bringBack(page);
  };

  const until = async (what: string, holds: () => boolean): Promise<void> => {
    const endMs = world.nowMs() + patienceMs;
    const isSo = (): boolean => !isDown() && holds();
    while (!isSo()) {
      if (!(await world.runUntil(() => isDown() || isSo(), endMs - world.nowMs()))) throw new Error(`never: ${what}`);
      await revive();
    }
  };

  /** Asks until it is done: the answer may have been lost with the device. */
  const ask = async (page: Page, verb: (app: App) => Promise<unknown>, isDone: (app: App) => boolean): Promise<void> => {
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

  const say = async (page: Page, text: string): Promise<void> => {
    truth.asked(text, page.node.name);
    const id = room!;
    await ask(
      page,
      async (app) => void (await app.send(id, text)),
      (app) => textsOf(app, id).includes(text),
    );
    truth.answered(text, true);
  };
  const view = (page: Page): RoomView | undefined =>
    page
      .running()
      ?.app.view()
      .rooms.find(({ id }) => id === room);
  const have = (some: readonly Page[], count: number): boolean =>
    some.every((page) => room !== null && textsOf(appOf(page), room).length >= count);
  const join = async (page: Page, link: string): Promise<void> => {
    await ask(
      page,
      (app) => app.joinRoom(link),
      (app) => app.view().rooms.some(({ id }) => id === room),
    );
    void page.running()?.app.show(room!);
    await until(`${page.node.name} is let in`, () => view(page)?.stage === 'in');
  };

  await ask(
    asha,
    (app) => app.startRoom('The well', 'members'),
    (app) => app.view().rooms.length > 0,
  );
  room = appOf(asha).view().rooms[0]!.id;
  void appOf(asha).show(room);
  const id = room;
  await ask(
    asha,
    (app) => app.invite(id),
    (app) => roomOf(app, id).invite !== null,
  );
  const link = view(asha)?.invite ?? '';
  const putOut = async (): Promise<void> => {
    // Whom she does not know to be in, she has nobody to put out.
    await until('Asha knows that Neema is in', () => view(asha) !== undefined && !knowsWithout(view(asha)));
    await ask(
      asha,
      async (app) => {
        const person = roomOf(app, id).people.find(({ name }) => name === 'Neema')?.member?.person;
        if (person !== undefined) await app.removePerson(id, person);
      },
      (app) => knowsWithout(roomOf(app, id)),
    );
    await until('Neema is told', () => view(neema)?.stage === 'out');
    await until('Juma knows', () => knowsWithout(view(juma)));
  };
  // Nobody who comes later has it, or is said to.
  await say(asha, 'alone');
  await join(juma, link);
  await join(neema, link);
  for (const [at, page] of pages.entries()) await say(page, `all three, ${at}`);
  await until('all three have it', () => have(pages, 3) && have([asha], 4));
  await putOut();
  // By the link of before she waits in vain, and stops; by a new one she is in again. What she had is there all along.
  await ask(
    neema,
    (app) => app.joinRoom(link),
    (app) => roomOf(app, id).wait !== null,
  );
  await until('Neema sees that the link has ended', () => view(neema)?.wait === 'over');
  await ask(
    neema,
    (app) => app.stopWaiting(id),
    (app) => roomOf(app, id).wait === null,
  );
  if (view(neema)?.stage !== 'out') throw new Error('Neema is out of more than the room');
  await ask(
    asha,
    (app) => app.invite(id),
    (app) => roomOf(app, id).invite !== null,
  );
  const fresh = view(asha)?.invite ?? '';
  await ask(
    neema,
    (app) => app.joinRoom(fresh),
    (app) => roomOf(app, id).wait !== null || roomOf(app, id).stage === 'in',
  );
  await until('Neema is in again', () => view(neema)?.stage === 'in');
  await say(neema, 'in again');
  await until('all three have that', () => have([neema, juma], 4) && have([asha], 5));
  await putOut();
  await say(asha, 'only two');
  await say(juma, 'yes, only two');
  await until('both have it', () => have([juma], 6));
  juma.crash('power-cut');
  await revive();
  await say(juma, 'back again');
  await say(asha, 'good');
  await until('both have all', () => have([juma], 8) && have([asha], 9));
  await until('all is marked', () =>
    [asha, juma].every((page) =>
      messagesOf(appOf(page), id).every(({ mark, text }) => mark === null || mark.state === 'received' || text === 'alone'),
    ),
  );
  await world.runFor(120_000);
  await revive();

  const wrong: string[] = [...nonces.twice()];
  const shown = new Map(pages.map((page) => [page.node.name, messagesOf(appOf(page), id)]));
  truth.count(shown);
  wrong.push(...facts);
  for (const [name, messages] of shown) {
    const wanted = { Asha: 9, Juma: 8, Neema: 4 }[name];
    if (messages.length !== wanted) wrong.push(`${name} has ${messages.map(({ text }) => text).join(', ')}`);
  }
  return { commits: names.map((name) => brinks.get(name)?.commits() ?? 0), wrong, left: nonces.counts().left };
}

/** Its members are known here, and Neema is not one of them. */
const knowsWithout = (room: RoomView | undefined): boolean =>
  room !== undefined && room.role !== null && room.people.every(({ name, member }) => name !== 'Neema' || member === null);

const patienceMs = 600_000;
