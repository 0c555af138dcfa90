/** One page at a relay, and one without any, of the same room, with strangers to it in a row between them, for tests. */
import type { MessageView } from '../../src/app/view.ts';
import type { RoomId } from '../../src/protocol/ids.ts';
import type { Page } from '../simulation/page.ts';
import { appOf, createVillage, messagesOf, pair, roomOf, textsOf } from './village.ts';
import type { Village } from './village.ts';

export const pathIn = (page: Page, room: RoomId): unknown => roomOf(appOf(page), room).people[0]?.path ?? null;
const markOf = (page: Page, room: RoomId, text: string): MessageView['mark'] | undefined =>
  messagesOf(appOf(page), room).find((message) => message.text === text)?.mark;

export interface Uplink {
  readonly village: Village;
  /** At the relay, and linked to nobody else. */
  readonly asha: Page;
  /** Each linked to the next: the first at the relay, the others at none, the last in Asha's room. */
  readonly row: readonly Page[];
  readonly chipo: Page;
  readonly well: RoomId;
}

/** `between`: those in a row from the one at the relay to Chipo. */
export async function uplink(seed: string, between: readonly string[]): Promise<Uplink> {
  const village = createVillage(seed);
  const { world, person, room } = village;
  const names = [...between, 'Chipo'];
  world.paths.cut(names.slice(1), ['relay']);
  world.paths.cut(['Asha'], names);
  for (const [at, name] of names.entries()) world.paths.cut([name], names.slice(at + 2));
  const asha = await person('Asha');
  const row: Page[] = [];
  for (const name of names) row.push(await person(name));
  const chipo = row.at(-1)!;
  const well = await room([asha, chipo]);
  for (const [at, page] of row.slice(1).entries()) await pair(village, row[at]!, page);
  return { village, asha, row, chipo, well };
}

export async function talk(
  { village: { world, until }, asha, chipo, well }: Uplink,
  text: string,
  capMs = 60_000,
): Promise<void> {
  await world.finish(appOf(asha).send(well, `${text} of Asha`));
  await world.finish(appOf(chipo).send(well, `${text} of Chipo`));
  const isKnown = (page: Page, mine: string, theirs: string): boolean =>
    textsOf(appOf(page), well).includes(`${text} of ${theirs}`) &&
    JSON.stringify(markOf(page, well, `${text} of ${mine}`)) === '{"state":"received","by":1}';
  await until(`${text}: heard, and known to be`, () => isKnown(asha, 'Asha', 'Chipo') && isKnown(chipo, 'Chipo', 'Asha'), capMs);
}

export const meet = ({ village: { until }, asha, chipo, well }: Uplink, capMs?: number): Promise<void> =>
  until('they meet', () => pathIn(asha, well) === 'relayed' && pathIn(chipo, well) === 'through', capMs);
