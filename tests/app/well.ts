/** A room of members and its people, for tests of what may happen to them. */
import { nodeCryptoSuite } from '../../src/adapters/node-crypto/suite.ts';
import type { Core } from '../../src/app/core.ts';
import { loadKeys } from '../../src/app/members/keys.ts';
import { createMembers } from '../../src/app/members/members.ts';
import type { OpenMembers } from '../../src/app/members/open.ts';
import { openVault } from '../../src/app/members/vault.ts';
import type { Vault } from '../../src/app/members/vault.ts';
import type { Peers } from '../../src/app/mesh/peers.ts';
import type { RoomId } from '../../src/protocol/ids.ts';
import type { Page } from '../simulation/page.ts';
import type { Nonces } from './nonces.ts';
import { createUnsafeCountedSuite } from '../simulation/unsafe-counted-suite.ts';
import type { UnsafeCountedSuite } from '../simulation/unsafe-counted-suite.ts';
import { appOf, createVillage, roomOf, textsOf } from './village.ts';
import type { Village, VillageOptions } from './village.ts';

export interface Well {
  readonly village: Village;
  readonly people: Page[];
  readonly room: RoomId;
  readonly link: string;
  /** What each has in its hands. */
  handsOf(page: Page): Hands;
  /** What cryptography each has paid for. */
  suiteOf(page: Page): UnsafeCountedSuite;
  /** One more person, who knocks; not yet let in. */
  knocker(name: string, link?: string): Promise<Page>;
  say(page: Page, text: string): Promise<boolean>;
  /** In the room, and let in. */
  isIn(page: Page): boolean;
  /** Everybody given shows all of these, once each. */
  allHave(texts: readonly string[], some?: readonly Page[]): Promise<void>;
  personOf(page: Page, name: string): ReturnType<typeof roomOf>['people'][number]['member'];
  back(page: Page): Promise<void>;
}

export interface Hands {
  readonly core: Core;
  readonly vault: Vault;
  readonly peers: Peers;
}

/** The counted suite under all of it: these tests are about what devices say to each other. */
export async function wellOf(
  seed: string,
  names: readonly string[],
  options: Omit<VillageOptions, 'page'> & { readonly nonces?: Nonces } = {},
): Promise<Well> {
  const { nonces } = options;
  const suites = new Map<string, UnsafeCountedSuite>();
  const hands = new Map<string, Hands>();
  const village = createVillage(seed, {
    ...options,
    page: (name) => {
      const suite = createUnsafeCountedSuite({ signPublic: nodeCryptoSuite.signPublic });
      suites.set(name, suite);
      const used = nonces?.suite(name, suite) ?? suite;
      const openMembers: OpenMembers = (core, desk, told) =>
        core.lane.run(async () => {
          const keys = await loadKeys(core, used, core.entropy.bytes);
          const vault = keys && (await openVault(core, used, core.entropy.bytes, keys));
          if (vault !== null) hands.set(name, { core, vault, peers: desk.peers });
          return vault && createMembers(core, vault, desk, told);
        });
      return { openMembers, ...(nonces && { network: nonces.network }) };
    },
  });
  const { world, until } = village;
  const founder = await village.person(names[0] ?? 'Asha');
  const room = await world.finish(appOf(founder).startRoom('The well', 'members'));
  if (room === null) throw new Error('no room');
  await world.finish(appOf(founder).show(room));
  const link = await world.finish(appOf(founder).invite(room));
  if (link === null) throw new Error('no invite');
  const well: Well = {
    village,
    people: [founder],
    room,
    link,
    handsOf: (page) => hands.get(page.node.name)!,
    suiteOf: (page) => suites.get(page.node.name)!,
    knocker: async (name, other = link) => {
      const page = await village.person(name);
      await world.finish(appOf(page).joinRoom(other));
      await world.finish(appOf(page).show(room));
      well.people.push(page);
      return page;
    },
    say: (page, text) => world.finish(appOf(page).send(room, text)),
    isIn: (page) =>
      page
        .running()
        ?.app.view()
        .rooms.find(({ id }) => id === room)?.stage === 'in',
    allHave: async (texts, some = well.people) => {
      const lacking = (): readonly string[] =>
        some.flatMap((page) => {
          const shown = textsOf(appOf(page), room);
          return texts.filter((text) => !shown.includes(text)).map((text) => `${page.node.name} lacks ${text}`);
        });
      if (!(await world.runUntil(() => lacking().length === 0, 300_000))) throw new Error(lacking().join(', '));
      for (const page of some) {
        const shown = textsOf(appOf(page), room);
        if (new Set(shown).size !== shown.length) throw new Error(`${page.node.name} shows ${shown.join(', ')}`);
      }
    },
    personOf: (page, name) => roomOf(appOf(page), room).people.find((each) => each.name === name)?.member ?? null,
    back: async (page) => {
      await world.finish(page.start([room]));
    },
  };
  for (const name of names.slice(1)) {
    const page = await well.knocker(name);
    await until(`${name} is let in`, () => well.isIn(page));
  }
  return well;
}

/** The honest two still hear each other, soon. */
export async function goOn({ village, room, say }: Well, [asha, juma]: readonly [Page, Page], text: string): Promise<void> {
  if (!(await say(asha, `${text}?`))) throw new Error('not kept');
  if (!(await say(juma, `${text}!`))) throw new Error('not kept');
  const hear = (page: Page): readonly string[] => textsOf(appOf(page), room);
  await village.until('they hear each other', () => hear(juma).includes(`${text}?`) && hear(asha).includes(`${text}!`), 5_000);
}
