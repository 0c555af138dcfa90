/** A room of many, as its pages show it: who is here, who has what, and what they give their neighbours while nothing happens. */
import { createWorld } from '../../../src/adapters/memory/world.ts';
import type { World } from '../../../src/adapters/memory/world.ts';
import type { OpenMembers } from '../../../src/app/members/open.ts';
import type { RoomId } from '../../../src/protocol/ids.ts';
import { createGivenBytes } from '../../simulation/given-bytes.ts';
import type { GivenBytes } from '../../simulation/given-bytes.ts';
import { createPage, createRelay } from '../../simulation/page.ts';
import type { Page, Relay } from '../../simulation/page.ts';
import { gather } from '../../simulation/room-run.ts';
import { appOf, messagesOf, roomOf } from '../village.ts';

export interface Many {
  readonly world: World;
  readonly relay: Relay;
  readonly room: RoomId;
  readonly pages: readonly Page[];
  readonly counts: readonly GivenBytes[];
  readonly refusals: readonly string[];
  /** One more of them, who comes by the link. */
  comes(name: string): Promise<Page>;
  crash(page: Page): void;
  /** Whom each of these pages does not show as here, of all that are, and shows, though they are not: by names. */
  errors(): readonly string[];
  until(what: string, holds: () => boolean, capMs: number): Promise<void>;
  /** How many have the last message, as its author's screen says. */
  marked(author: Page): number;
}

export async function createMany(
  seed: string,
  size: number,
  kind: 'open' | 'members' = 'open',
  openMembers?: OpenMembers,
): Promise<Many> {
  const refusals: string[] = [];
  const world = createWorld({
    seed,
    path: { delayMs: 30, jitterMs: 20, loss: 0.01 },
    onLog: (_node, event, facts) => {
      if (event === 'here-refused') refusals.push(String(facts?.['why']));
    },
  });
  const relay = createRelay(world, 'relay', { address });
  relay.start();
  const counts: GivenBytes[] = [];
  const make = (name: string): Page =>
    createPage(world, name, address, () => undefined, {
      ...(openMembers && { openMembers }),
      network: (real) => {
        const count = createGivenBytes();
        counts.push(count);
        return count.watch(real);
      },
    });
  const pages = Array.from({ length: size }, (_, at) => make(`device ${at}`));
  let room: RoomId | null = null;
  const { invite } = await world.finish(gather(kind, pages, (started) => (room = started)));
  const id = room ?? ('' as RoomId);
  const deviceOf = new Map(pages.map((page) => [page, appOf(page).view().me?.device]));

  const errorsOf = (page: Page): readonly string[] => {
    const shown = new Map(roomOf(appOf(page), id).people.map((each) => [each.device, each.here]));
    return pages.flatMap((other) => {
      const isHere = shown.get(deviceOf.get(other)!) ?? false;
      if (other === page || isHere === (other.running() !== null)) return [];
      return `${page.node.name} shows ${other.node.name} as ${isHere ? 'here' : 'away'}`;
    });
  };

  return {
    ...{ world, relay },
    room: id,
    pages,
    counts,
    refusals,
    comes: async (name) => {
      const page = make(name);
      pages.push(page);
      const { app } = await world.finish(page.start([]));
      await world.finish(app.nameMe(name));
      deviceOf.set(page, app.view().me?.device);
      await world.finish(app.joinRoom(invite));
      return page;
    },
    crash: (page) => page.crash('killed'),
    errors: () => pages.filter((page) => page.running() !== null).flatMap(errorsOf),
    until: async (what, holds, capMs) => {
      // Every screen is compared with every other: once a second is enough.
      for (let ms = 0; ms < capMs && !holds(); ms += 1_000) await world.runFor(1_000);
      if (!holds()) throw new Error(`after ${capMs} virtual ms still not: ${what}`);
    },
    marked: (author) => {
      const mark = messagesOf(appOf(author), id).at(-1)?.mark ?? null;
      return mark?.state === 'received' ? mark.by : 0;
    },
  };
}

const address = '/memory/relay';
