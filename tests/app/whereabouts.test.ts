/** People of a room who have no relay in common any more find each other by the directory, where their relays lead to one. */
import { expect, test } from 'vitest';
import { createWorld } from '../../src/adapters/memory/world.ts';
import type { World } from '../../src/adapters/memory/world.ts';
import { nodeCryptoSuite as suite } from '../../src/adapters/node-crypto/suite.ts';
import type { Network } from '../../src/ports/network.ts';
import { decodeDirectory, encodeDirectory } from '../../src/protocol/directory/message.ts';
import { signRecord } from '../../src/protocol/directory/record.ts';
import { decodeInviteLink, encodeMemberInvite } from '../../src/protocol/contact/invite-link.ts';
import type { RoomId } from '../../src/protocol/ids.ts';
import { decodeMeet, encodeMeet } from '../../src/protocol/meet.ts';
import type { MeetFrame } from '../../src/protocol/meet.ts';
import { isRefusal } from '../../src/protocol/refusal.ts';
import { createPage, createRelay } from '../simulation/page.ts';
import type { Page, PageOptions, Relay } from '../simulation/page.ts';
import { appOf, roomOf, textsOf } from './village.ts';

const startMs = 1_795_000_000_000;
const addressOf = (at: number): string => `/dns4/relay-${at}.example/tcp/443/tls/ws`;
const far = 8;

interface Story {
  readonly world: World;
  readonly relays: readonly Relay[];
  /** Came by the first relay, and knows no other. */
  readonly asha: Page;
  /** Came by one far away, and forgot the one that the invite named. */
  readonly baraka: Page;
  readonly room: RoomId;
  readonly events: string[];
}

interface Setting {
  readonly servers?: number;
  page?(name: string): PageOptions;
}

/** They met once, and then each is alone. */
async function parted(seed: string, { servers = 16, page = () => ({}) }: Setting = {}): Promise<Story> {
  const events: string[] = [];
  const world = createWorld({ seed, startMs, onLog: (node, event) => events.push(`${node} ${event}`) });
  const relays = Array.from({ length: 16 }, (_, at) =>
    createRelay(world, `relay ${at}`, { address: addressOf(at), isServer: at < servers }),
  );
  for (const relay of relays) relay.start();
  // Each was told of one other.
  for (const [at, relay] of relays.entries())
    relay.directory()?.stands(relays[(at + 1) % servers]!.directory()!.self, addressOf((at + 1) % servers));
  const person = async (name: string, at: number): Promise<Page> => {
    const made = createPage(world, name, addressOf(at), () => undefined, page(name));
    await world.finish((await world.finish(made.start([]))).app.nameMe(name));
    return made;
  };
  const [asha, baraka] = [await person('Asha', 0), await person('Baraka', far)];
  const room = await world.finish(appOf(asha).startRoom('The well', 'members'));
  if (room === null) throw new Error('no room');
  const link = decodeInviteLink((await world.finish(appOf(asha).invite(room))) ?? '', startMs + world.nowMs());
  if (!('operation' in link)) throw new Error('no invite');
  await world.finish(appOf(baraka).joinRoom(encodeMemberInvite({ ...link, relays: [addressOf(0)] })));
  const isIn = (): boolean =>
    [asha, baraka].every((each) => hereIn(each, room) === 1 && roomOf(appOf(each), room).stage === 'in');
  if (!(await world.runUntil(isIn, 60_000))) throw new Error('never met');
  await world.finish(appOf(baraka).forgetRelay(addressOf(0)));
  for (const each of [asha, baraka]) each.crash('killed');
  for (const each of [asha, baraka]) await world.finish(each.start([room]));
  await world.runFor(30_000);
  expect([hereIn(asha, room), hereIn(baraka, room)]).toEqual([0, 0]);
  return { world, relays, asha, baraka, room, events };
}

const hereIn = (page: Page, room: RoomId): number =>
  appOf(page)
    .view()
    .rooms.filter(({ id }) => id === room)
    .flatMap(({ people }) => people)
    .filter(({ here }) => here).length;

const areTogether = ({ asha, baraka, room }: Story): boolean => hereIn(asha, room) === 1 && hereIn(baraka, room) === 1;

test('[D4] whose relays know each other by the directory alone are together again within minutes, and talk', async () => {
  const story = await parted('by the directory');
  expect(await story.world.runUntil(() => areTogether(story), 1_200_000)).toBe(true);
  const { world, asha, baraka, room } = story;
  await world.finish(appOf(asha).send(room, 'There you are'));
  expect(await world.runUntil(() => textsOf(appOf(baraka), room).includes('There you are'), 60_000)).toBe(true);
});

/** What pages asked of all relays. */
const askedOf = ({ relays }: Story, what: 'page_puts' | 'page_finds' | 'records'): number =>
  relays.reduce((sum, relay) => sum + (relay.directory()?.counts()[what] ?? 0), 0);

test('[D2] among fifteen servers it sleeps: pages ask nothing, and all goes on as without it', async () => {
  const story = await parted('asleep', { servers: 15 });
  const { world, baraka, asha, room } = story;
  expect(await world.runUntil(() => areTogether(story), 600_000)).toBe(false);
  expect([askedOf(story, 'page_puts'), askedOf(story, 'page_finds'), askedOf(story, 'records')]).toEqual([0, 0, 0]);
  expect(story.events.some((event) => /whereabouts|directory-(word|not)/.test(event))).toBe(false);
  // What does not need it still works.
  expect(await world.finish(appOf(baraka).addRelay(`https://relay-0.example`))).toBeNull();
  expect(await world.runUntil(() => areTogether(story), 60_000)).toBe(true);
  expect(hereIn(asha, room)).toBe(1);
});

test('[D2] with two of sixteen gone it falls asleep and says so, and wakes when they are back', async () => {
  const { world, relays, events } = await parted('two gone');
  const awake = (): number => relays.reduce((sum, relay) => sum + (relay.directory()?.counts()['awake'] ?? 0), 0);
  expect(await world.runUntil(() => awake() === 16, 60_000)).toBe(true);
  for (const relay of relays.slice(4, 6)) relay.crash('killed');
  expect(await world.runUntil(() => awake() === 0, 2_400_000)).toBe(true);
  expect(
    await world.runUntil(() => ['Asha', 'Baraka'].every((name) => events.includes(`${name} directory-not-now`)), 5_000),
  ).toBe(true);
  for (const [at, relay] of relays.slice(4, 6).entries()) {
    relay.start();
    relay.directory()!.stands(relays[0]!.directory()!.self, addressOf(0));
    expect(relay.directory()!.counts()['awake'], `${at}`).toBe(0);
  }
  expect(await world.runUntil(() => awake() === 16, 300_000)).toBe(true);
});

test('who is together looks for nobody, and says where they are met once an hour', async () => {
  const story = await parted('once an hour');
  expect(await story.world.runUntil(() => areTogether(story), 1_200_000)).toBe(true);
  await story.world.runFor(120_000);
  const [puts, finds] = [askedOf(story, 'page_puts'), askedOf(story, 'page_finds')];
  await story.world.runFor(4_500_000);
  expect(askedOf(story, 'page_finds') - finds).toBeLessThanOrEqual(2);
  // Two devices, of which the one or the other has two relays and tells both.
  expect(askedOf(story, 'page_puts') - puts).toBeGreaterThanOrEqual(2);
  expect(askedOf(story, 'page_puts') - puts).toBeLessThanOrEqual(8);
});

const wordOf = (frame: MeetFrame): Uint8Array => encodeMeet(frame);
const forged = signRecord(suite, new Uint8Array(32).fill(66), { sequence: 9, expiresHour: 498_700, value: new Uint8Array(300) });
const babble: readonly Uint8Array[] = [
  // What a later version may say: as an older page hears of the directory today.
  Uint8Array.of(1, 22, 7),
  Uint8Array.of(1, 22),
  wordOf({ kind: 'directory', word: new Uint8Array(0) }),
  wordOf({ kind: 'directory', word: Uint8Array.of(9, 9, 9) }),
  wordOf({ kind: 'directory', word: new Uint8Array(1_025) }),
  ...Array.from({ length: 40 }, () => wordOf({ kind: 'directory', word: encodeDirectory({ kind: 'awake', number: 0 }) })),
  ...Array.from({ length: 40 }, (_, number) =>
    wordOf({ kind: 'directory', word: encodeDirectory({ kind: 'near', number, contacts: [], record: forged }) }),
  ),
];

/** The relay that the page came by says this instead of what it found, and babbles. */
const lied = (network: Network, lie: (number: number) => Uint8Array): Network => ({
  ...network,
  listen: (on) => {
    let first: string | null = null;
    return network.listen({
      ...on,
      onFrame: (link, bytes) => {
        if (link.end === 'relay') first ??= link.peer;
        const frame = link.peer === first ? decodeMeet(bytes) : null;
        const said = frame !== null && !isRefusal(frame) && frame.kind === 'directory' ? decodeDirectory(frame.word) : null;
        const isFound = said !== null && !isRefusal(said) && said.kind === 'near';
        on.onFrame(link, isFound ? lie(said.number) : bytes);
        if (said !== null) for (const each of babble) on.onFrame(link, each);
      },
    });
  },
});
const withhold = (number: number): Uint8Array =>
  wordOf({ kind: 'directory', word: encodeDirectory({ kind: 'near', number, contacts: [], record: null }) });
const forge = (number: number): Uint8Array =>
  wordOf({ kind: 'directory', word: encodeDirectory({ kind: 'near', number, contacts: [], record: forged }) });

/** The first finds are answered as by a relay that has too much to do. */
const busy = (network: Network, times: number): Network => ({
  ...network,
  listen: (on) => {
    let left = times;
    return network.listen({
      ...on,
      onFrame: (link, bytes) => {
        const frame = link.end === 'relay' ? decodeMeet(bytes) : null;
        const said = frame !== null && !isRefusal(frame) && frame.kind === 'directory' ? decodeDirectory(frame.word) : null;
        const isLate = said !== null && !isRefusal(said) && said.kind === 'near' && (left -= 1) >= 0;
        const word = isLate ? encodeDirectory({ kind: 'not-now', number: said.number, why: 'too-fast' }) : null;
        on.onFrame(link, word === null ? bytes : wordOf({ kind: 'directory', word }));
      },
    });
  },
});

test('where the relay had no time to look up is asked for again, calmly, and not half an hour later', async () => {
  const story = await parted('busy', { page: () => ({ network: (network) => busy(network, 8) }) });
  expect(await story.world.runUntil(() => areTogether(story), 1_200_000)).toBe(true);
  const always = await parted('always busy', { page: () => ({ network: (network) => busy(network, Infinity) }) });
  await always.world.runFor(300_000);
  const finds = askedOf(always, 'page_finds');
  await always.world.runFor(600_000);
  // Each of the two once a minute.
  expect(askedOf(always, 'page_finds') - finds).toBeLessThanOrEqual(24);
});

const foundBy = ({ events }: Story): boolean => events.includes('Asha whereabouts-found');

test.each([
  ['withholds', withhold],
  ['forges', forge],
])('[D4] a relay that %s keeps its page alone, until the page asks another as well', async (what, lie) => {
  const story = await parted(`a relay ${what}`, { page: () => ({ network: (network) => lied(network, lie) }) });
  const { world, asha, relays } = story;
  expect(await world.runUntil(() => areTogether(story) || foundBy(story), 500_000)).toBe(false);
  // Of each relay one answer is looked at, the first.
  const refused = story.events.filter((event) => event === 'Asha whereabouts-refused').length;
  expect(refused > 0).toBe(lie === forge);
  expect(refused).toBeLessThanOrEqual(16);
  expect(await world.finish(appOf(asha).addRelay('https://relay-3.example'))).toBeNull();
  expect(await world.runUntil(() => foundBy(story), 2_700_000)).toBe(true);
  // One relay is held beside the own, so the way that was found is gone when that one is over.
  relays[3]!.crash('killed');
  expect(await world.runUntil(() => areTogether(story), 300_000)).toBe(true);
});
