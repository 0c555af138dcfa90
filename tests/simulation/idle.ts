/** People who share three rooms and are left alone: what their pages give to relay and neighbours, with a relay and without (B19). */
import type { App } from '../../src/app/app.ts';
import type { RoomId } from '../../src/protocol/ids.ts';
import { appOf, createVillage, messagesOf } from '../app/village.ts';
import type { Village } from '../app/village.ts';
import { createGivenBytes } from './given-bytes.ts';
import type { GivenBytes } from './given-bytes.ts';
import type { Page } from './page.ts';
import type { Scenario } from './room-run.ts';
import { atMost, report } from './rows.ts';
import type { Row } from './rows.ts';

const idleMinutes = 10;
const settledMs = 5 * 60_000;
/** More have no link to each: a page begins eight. */
const mostNodes = 9;

export const idle = async ({ nodes: asked, seed }: Pick<Scenario, 'nodes' | 'seed'>): Promise<readonly Row[]> => {
  const nodes = Math.min(asked, mostNodes);
  const { village, pages, counts } = await settled(nodes, seed);
  const lit = await measure(village, counts);
  // Whoever is missing then is looked for over neighbours.
  village.relay.crash('killed');
  pages.at(-1)?.crash('killed');
  await village.world.runFor(60_000);
  const dark = await measure(village, counts.slice(0, -1));
  const counted = `handed to links in ${idleMinutes} idle virtual minutes, by the page that gave most`;
  return [
    report('nodes', nodes, 'devices', 'all of them in two open rooms and one of members, all linked to all'),
    atMost('idleToRelay', lit.relay, 2_000, 'bytes per minute', counted),
    atMost('idleToNeighbour', lit.neighbour, 1_000, 'bytes per minute', `${counted}, to one neighbour`),
    atMost(
      'darkToNeighbour',
      dark.neighbour,
      1_000,
      'bytes per minute',
      `${counted}, to one neighbour: no relay, one is missing`,
    ),
  ];
};

interface Settled {
  readonly village: Village;
  readonly pages: readonly Page[];
  readonly counts: readonly GivenBytes[];
}

/** They said a word in each room, and that was a while ago. */
async function settled(nodes: number, seed: string): Promise<Settled> {
  const counts: GivenBytes[] = [];
  const village = createVillage(`idle ${seed}`, {
    path: { delayMs: 30, jitterMs: 20, loss: 0.01 },
    page: () => {
      const count = createGivenBytes();
      counts.push(count);
      return { network: count.watch };
    },
  });
  const { world, until } = village;
  const pages: Page[] = [];
  for (let at = 0; at < nodes; at += 1) pages.push(await village.person(`Device ${at}`));
  const rooms = [await village.room(pages), await village.room(pages), await membersRoom(village, pages)];
  const directOf = (app: App): number => app.view().mesh.neighbours.filter(({ path }) => path === 'direct').length;
  await until('all linked', () => pages.every((page) => directOf(appOf(page)) === nodes - 1));
  for (const room of rooms) {
    for (const page of pages) await world.finish(appOf(page).send(room, 'Good night'));
    await until('all read', () => pages.every((page) => messagesOf(appOf(page), room).length === nodes));
  }
  await world.runFor(settledMs);
  return { village, pages, counts };
}

async function membersRoom({ world, until }: Village, [first, ...others]: readonly Page[]): Promise<RoomId> {
  const room = await world.finish(appOf(first).startRoom('Family', 'members'));
  if (room === null) throw new Error('no room');
  await world.finish(appOf(first).show(room));
  const invite = await world.finish(appOf(first).invite(room));
  for (const page of others) {
    await world.finish(appOf(page).joinRoom(invite ?? ''));
    await until('let in', () =>
      appOf(page)
        .view()
        .rooms.some(({ id, stage }) => id === room && stage === 'in'),
    );
    await world.finish(appOf(page).show(room));
  }
  return room;
}

/** The most that any of them gave: to its relay, and to one neighbour. */
async function measure(
  { world }: Village,
  counts: readonly GivenBytes[],
): Promise<{ readonly relay: number; readonly neighbour: number }> {
  for (const count of counts) count.begin();
  await world.runFor(idleMinutes * 60_000);
  const given = counts.map((count) => count.given());
  return {
    relay: Math.max(...given.map(({ relay }) => relay)) / idleMinutes,
    neighbour: Math.max(...given.flatMap(({ neighbours }) => neighbours)) / idleMinutes,
  };
}
