/** A page that the browser froze, and thaws: everybody is there again within 3 s, and what was said meanwhile is shown (MESH.md). */
import { expect, test } from 'vitest';
import type { RoomId } from '../../src/protocol/ids.ts';
import type { Page } from '../simulation/page.ts';
import { appOf, createVillage, hereIn, roomOf, textsOf } from './village.ts';
import type { Village } from './village.ts';

const frozenMs = 300_000;
const backMs = 3_000;
const names = ['Asha', 'Baraka', 'Chipo', 'Daudi'] as const;

const directIn = (page: Page, room: RoomId): number =>
  roomOf(appOf(page), room).people.filter(({ path }) => path === 'direct').length;

interface Linked {
  readonly village: Village;
  readonly room: RoomId;
  readonly pages: readonly Page[];
}

async function linked(seed: string): Promise<Linked> {
  const village = createVillage(seed, { path: { delayMs: 40, jitterMs: 20 } });
  const pages: Page[] = [];
  for (const name of names) pages.push(await village.person(name));
  const room = await village.room(pages);
  await village.until('all directly linked', () => pages.every((page) => directIn(page, room) === names.length - 1));
  return { village, room, pages };
}

/** While it is frozen the others take it for gone, and talk. */
async function freeze({ village, room, pages }: Linked): Promise<void> {
  const { world, until } = village;
  const [asha, ...others] = pages;
  asha!.running()!.life.freeze();
  await world.runFor(frozenMs / 2);
  for (const [at, page] of others.entries()) await world.finish(appOf(page).send(room, `While you slept ${at}`));
  await until('read by the others', () => others.every((page) => textsOf(appOf(page), room).length === others.length));
  await world.runFor(frozenMs / 2);
}

/** As `main.tsx` does it once the page is shown. */
function thaw({ pages: [asha] }: Linked): void {
  asha!.running()!.life.thaw();
  appOf(asha).wake(true);
}

const isBack = ({ room, pages: [asha, ...others] }: Linked): boolean =>
  hereIn(asha!, room) === others.length && textsOf(appOf(asha), room).length === others.length;

test('with a relay', async () => {
  const story = await linked('frozen by a relay');
  await freeze(story);
  thaw(story);
  await story.village.until('back', () => isBack(story), backMs);
  await story.village.until('linked again', () => directIn(story.pages[0]!, story.room) === names.length - 1);
});

test('without one, by its neighbours alone, who took it for gone', async () => {
  const story = await linked('frozen in the dark');
  const { village, room, pages } = story;
  const [asha, ...others] = pages;
  village.relay.crash('killed');
  await village.world.runFor(10_000);
  await freeze(story);
  expect(others.map((page) => hereIn(page, room))).toEqual([2, 2, 2]);
  thaw(story);
  await village.until('back', () => isBack(story) && others.every((page) => hereIn(page, room) === 3), backMs);
  await village.world.finish(appOf(asha).send(room, 'I am awake'));
  await village.until('heard', () => others.every((page) => textsOf(appOf(page), room).includes('I am awake')), backMs);
});

test('a relay that died while it was frozen, and nobody but one neighbour knows of it', async () => {
  const story = await linked('frozen into the dark');
  const { village, room, pages } = story;
  village.world.paths.cut(['Asha'], ['Chipo', 'Daudi']);
  await village.world.runFor(30_000);
  pages[0]!.running()!.life.freeze();
  await village.world.runFor(60_000);
  village.relay.crash('killed');
  await village.world.runFor(frozenMs - 60_000);
  await village.world.finish(appOf(pages[2]).send(room, 'Where is Asha?'));
  thaw(story);
  await village.until('one is there', () => hereIn(pages[0]!, room) > 0, backMs);
  await village.until('what was said', () => textsOf(appOf(pages[0]), room).includes('Where is Asha?'), backMs);
});
