/** A few people, a relay and a room in a memory world, for tests that turn the clock by hand. */
import type { App } from '../../src/app/app.ts';
import type { MessageView, RoomView } from '../../src/app/view.ts';
import { createWorld } from '../../src/adapters/memory/world.ts';
import type { World } from '../../src/adapters/memory/world.ts';
import type { Link, Network } from '../../src/ports/network.ts';
import { decodeInviteLink, encodeMemberInvite } from '../../src/protocol/contact/invite-link.ts';
import type { RoomId } from '../../src/protocol/ids.ts';
import { createPage, createRelay } from '../simulation/page.ts';
import type { Page, PageOptions, RelayOptions } from '../simulation/page.ts';

export interface Village {
  readonly world: World;
  /** What every device's log called the reasons, so far. */
  refusals(): readonly string[];
  /** What an honest clock shows now. */
  wallMs(): number;
  readonly relay: ReturnType<typeof createRelay>;
  /** Named, and in the mesh. */
  person(name: string): Promise<Page>;
  /** Everyone given, in one room. */
  room(people: readonly Page[]): Promise<RoomId>;
  /** Turns the clock until it holds, or fails with what it waited for. */
  until(what: string, holds: () => boolean, capMs?: number): Promise<void>;
}

export interface VillageOptions {
  readonly path?: Parameters<typeof createWorld>[0]['path'];
  readonly network?: Parameters<typeof createWorld>[0]['network'];
  /** The relay keeps one. */
  readonly square?: RelayOptions['square'];
  /** It is for members. */
  readonly access?: RelayOptions['access'];
  /** For each person's page. */
  page?(name: string, world: World): PageOptions;
}

export function createVillage(seed: string, options: VillageOptions = {}): Village {
  const refusals: string[] = [];
  const onLog: Parameters<typeof createWorld>[0]['onLog'] = (_node, _event, facts) => {
    if (typeof facts?.['why'] === 'string') refusals.push(facts['why']);
  };
  const world = createWorld({
    seed,
    startMs,
    onLog,
    ...(options.path && { path: options.path }),
    ...(options.network && { network: options.network }),
  });
  const relay = createRelay(world, 'relay', {
    address,
    ...(options.square && { square: options.square }),
    ...(options.access && { access: options.access }),
  });
  relay.start();
  const village: Village = {
    world,
    relay,
    refusals: () => refusals,
    wallMs: () => Math.round(startMs + world.nowMs()),
    person: async (name) => {
      const page = createPage(world, name, address, () => undefined, options.page?.(name, world));
      const { app } = await world.finish(page.start([]));
      await world.finish(app.nameMe(name));
      return page;
    },
    ...meetingsIn(world),
  };
  return village;
}

/** Also where there is no village, or a larger one. */
export const meetingsIn = (world: World): Pick<Village, 'room' | 'until'> => ({
  room: async ([founder, ...others]) => {
    const room = await world.finish(appOf(founder).startRoom('The well', 'open'));
    if (room === null) throw new Error('no room');
    await world.finish(appOf(founder).show(room));
    const invite = roomOf(appOf(founder), room).invite ?? '';
    for (const other of others) {
      await world.finish(appOf(other).joinRoom(invite));
      await world.finish(appOf(other).show(room));
    }
    return room;
  },
  until: async (what, holds, capMs = 60_000) => {
    if (!(await world.runUntil(holds, capMs))) throw new Error(`after ${capMs} virtual ms still not: ${what}`);
  },
});

export function appOf(page: Page | undefined): App {
  const running = page?.running();
  if (running === null || running === undefined) throw new Error('nobody is running there');
  return running.app;
}

export function roomOf(app: App, room: RoomId): RoomView {
  const view = app.view().rooms.find((each) => each.id === room);
  if (view === undefined) throw new Error('not in that room');
  return view;
}

export function networkOf(page: Page): Network {
  const running = page.running();
  if (running === null) throw new Error('nobody is running there');
  return running.life.network();
}

/** How many others. */
export const hereIn = (page: Page, room: RoomId): number => roomOf(appOf(page), room).people.filter(({ here }) => here).length;

/** What the far ends of its links speak. */
export const linksOf = (page: Page): readonly Link['end'][] =>
  networkOf(page)
    .links()
    .map(({ end }) => end);

/** Two codes, shown and scanned. */
export async function pair({ world }: Village, one: Page, other: Page): Promise<void> {
  const { signal } = new AbortController();
  const offer = await world.finish(networkOf(one).offer(signal));
  const answer = await world.finish(networkOf(other).answer(offer.bytes, signal));
  if (answer.state !== 'answered') throw new Error(answer.why);
  const ends = await world.finish(Promise.all([offer.accept(answer.bytes), answer.opened]));
  for (const end of ends) if (end.state !== 'open') throw new Error(end.why);
}

/** The same link to a room of members, and where else to look. */
export function withRelays(village: Village, link: string | null, relays: readonly string[]): string {
  const invite = decodeInviteLink(link ?? '', village.wallMs());
  if (!('operation' in invite)) throw new Error('no link of a room of members');
  return encodeMemberInvite({ ...invite, relays });
}

export const messagesOf = (app: App, room: RoomId): readonly MessageView[] => app.view().timelines[room]?.messages ?? [];

export const textsOf = (app: App, room: RoomId): readonly string[] => messagesOf(app, room).map(({ text }) => text);

const startMs = 1_795_000_000_000;
export const address = '/memory/relay';
