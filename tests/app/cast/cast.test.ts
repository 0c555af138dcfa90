/** What is said in a room gets to all of it: once each, past the dead, over one in the middle, and to pages that know no casts. */
import { expect, test } from 'vitest';
import type { Link, Network } from '../../../src/ports/network.ts';
import { decodeCast, encodeCast, roomMark, rootOf } from '../../../src/protocol/cast.ts';
import type { CastWord } from '../../../src/protocol/cast.ts';
import { decodeFrame, encodeFrame } from '../../../src/protocol/frame.ts';
import { decodeMeet } from '../../../src/protocol/meet.ts';
import type { PeerId, RoomId } from '../../../src/protocol/ids.ts';
import type { Page } from '../../simulation/page.ts';
import { appOf, createVillage, textsOf } from '../village.ts';
import type { Village, VillageOptions } from '../village.ts';

interface Counted extends Village {
  /** Frames with an envelope in them that arrived, and words of the cast. */
  readonly arrived: { envelopes: number; words: CastWord[]; bytes: number };
  readonly networks: Map<string, Network>;
}

/** `isOld`: a page of before, which neither says nor knows words of the cast. */
function createCounted(seed: string, isOld: (name: string) => boolean = () => false, options: VillageOptions = {}): Counted {
  const arrived: Counted['arrived'] = { envelopes: 0, words: [], bytes: 0 };
  const networks = new Map<string, Network>();
  const look = (frame: Uint8Array): 'cast' | 'other' => {
    const read = decodeFrame(frame);
    if (!('kind' in read)) return 'other';
    if (read.kind === 'envelope' && frame.length > 200) arrived.envelopes += 1;
    if (read.kind !== 'cast') return 'other';
    const word = decodeCast(read.bytes);
    if ('kind' in word) arrived.words.push(word);
    if ('kind' in word && word.kind === 'given') arrived.envelopes += 1;
    return 'cast';
  };
  const insideOf = (link: Link, frame: Uint8Array): { readonly from: PeerId; readonly bytes: Uint8Array } | null => {
    if (link.end === 'peer') return { from: link.peer, bytes: frame };
    const met = decodeMeet(frame);
    return 'kind' in met && met.kind === 'passed' ? met : null;
  };
  const isFromOld = (from: PeerId): boolean => [...networks].some(([name, { self }]) => self === from && isOld(name));
  const village = createVillage(seed, {
    ...options,
    page: (name) => ({
      network: (inner): Network => {
        networks.set(name, inner);
        return {
          ...inner,
          listen: (on) =>
            inner.listen({
              ...on,
              onFrame: (link, frame) => {
                arrived.bytes += frame.length;
                const inside = insideOf(link, frame);
                const isWord = inside !== null && look(inside.bytes) === 'cast';
                if (!isWord || !(isOld(name) || isFromOld(inside.from))) on.onFrame(link, frame);
              },
            }),
        };
      },
    }),
  });
  return { ...village, arrived, networks };
}

const names = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => `Person ${at}`);

async function gathered(village: Village, count: number): Promise<{ readonly people: readonly Page[]; readonly room: RoomId }> {
  const people: Page[] = [];
  for (const name of names(count)) people.push(await village.person(name));
  const room = await village.room(people);
  await village.world.runFor(40_000);
  return { people, room };
}

const haveAll = (people: readonly Page[], room: RoomId, text: string): boolean =>
  people.every((page) => textsOf(appOf(page), room).includes(text));

test('in a room of eight what one says comes once to each of the others, also the first time', async () => {
  const village = createCounted('eight');
  const { people, room } = await gathered(village, 8);
  for (const [turn, speaker] of people.entries()) {
    village.arrived.envelopes = 0;
    // Receipts, to the author alone, are as large: they are seven at most.
    const text = `Word ${turn}`;
    await village.world.finish(appOf(speaker).send(room, text));
    await village.until(`all have ${text}`, () => haveAll(people, room, text), 2_000);
    await village.world.runFor(1_000);
    expect(village.arrived.envelopes).toBeLessThanOrEqual(7 + 7 + 1);
  }
});

test('in a room of sixteen the second word of an author costs hardly more than one copy each', async () => {
  const village = createCounted('sixteen');
  const { people, room } = await gathered(village, 16);
  const [speaker] = people;
  for (const text of ['First', 'Second', 'Third']) {
    village.arrived.envelopes = 0;
    await village.world.finish(appOf(speaker).send(room, text));
    await village.until(`all have ${text}`, () => haveAll(people, room, text), 4_000);
    await village.world.runFor(1_000);
  }
  // A copy and a receipt each.
  expect(village.arrived.envelopes).toBeLessThanOrEqual(2 * 15 * 1.15);
});

test('branches that die in silence are grown anew within a second or two, and nobody misses a word', async () => {
  const village = createCounted('dying');
  const { people, room } = await gathered(village, 16);
  const [speaker] = people;
  await village.world.finish(appOf(speaker).send(room, 'Before'));
  await village.until('all have it', () => haveAll(people, room, 'Before'), 4_000);
  for (const at of [5, 11]) people[at]?.running()?.life.freeze();
  const alive = people.filter((_, at) => at !== 5 && at !== 11);
  for (const text of ['One', 'Two']) {
    await village.world.finish(appOf(speaker).send(room, text));
    await village.until(`all who live have ${text}`, () => haveAll(alive, room, text), 2_000);
  }
});

test('who is reached only through one other hears all the same', async () => {
  const village = createCounted('middle');
  const { people, room } = await gathered(village, 3);
  const [asha, , chipo] = people;
  village.relay.crash('power-cut');
  village.world.paths.onlyInContact(['Person 0', 'Person 1', 'Person 2']);
  village.world.paths.contact('Person 0', 'Person 1', 'up');
  village.world.paths.contact('Person 1', 'Person 2', 'up');
  await village.world.runFor(90_000);
  await village.world.finish(appOf(asha).send(room, 'Across'));
  await village.until('Chipo has it', () => textsOf(appOf(chipo), room).includes('Across'), 60_000);
});

test('a page that knows no casts has everything at once, as before, and what it says is heard', async () => {
  const isOld = (name: string): boolean => name === 'Person 3' || name === 'Person 7';
  const village = createCounted('old', isOld);
  const { people, room } = await gathered(village, 12);
  for (const at of [0, 3, 5]) {
    const text = `From ${at}`;
    await village.world.finish(appOf(people[at]).send(room, text));
    await village.until(`all have ${text}`, () => haveAll(people, room, text), 3_000);
  }
});

test('the first word at the moment of joining goes to everybody known at once', async () => {
  const village = createCounted('joining');
  const { people, room } = await gathered(village, 6);
  const late = await village.person('Late');
  const invite =
    appOf(people[0])
      .view()
      .rooms.find(({ id }) => id === room)?.invite ?? '';
  await village.world.finish(appOf(late).joinRoom(invite));
  const saidMs = village.world.nowMs();
  await village.world.finish(appOf(late).send(room, 'Hodi'));
  await village.until('all have it', () => haveAll(people, room, 'Hodi'), 2_000);
  // To the relay and introduced, then to the relay and on: four ways of some twenty milliseconds, and two disks.
  expect(village.world.nowMs() - saidMs).toBeLessThan(400);
});

test('two who have the same say so in a few bytes: what is quiet costs no summaries', async () => {
  const village = createCounted('quiet');
  const { people, room } = await gathered(village, 6);
  for (const [at, page] of people.entries()) await village.world.finish(appOf(page).send(room, `Word ${at}`));
  await village.world.runFor(3_000);
  Object.assign(village.arrived, { envelopes: 0, bytes: 0 });
  await village.world.runFor(70_000);
  expect(village.arrived.words.some(({ kind }) => kind === 'stand')).toBe(true);
  expect(village.arrived.envelopes).toBe(0);
});

test('floods of words cost a neighbour little and the room nothing', async () => {
  const village = createCounted('flood');
  const { people, room } = await gathered(village, 5);
  const [asha, baraka, chipo] = people;
  const network = village.networks.get('Person 1');
  const link = network?.links().find((each) => each.end === 'peer' && each.peer === village.networks.get('Person 0')?.self);
  const say = (word: CastWord): void => void link?.send(encodeFrame({ kind: 'cast', bytes: encodeCast(word) }));
  expect(link).toBeDefined();
  await village.world.finish(appOf(asha).send(room, 'Before'));
  await village.world.runFor(2_000);
  const before = village.arrived.bytes;
  const idOf = (n: number): string => n.toString(16).padStart(16, '0');
  const root = rootOf(room, Uint8Array.of(9));
  for (let n = 0; n < 2_000; n += 1) {
    say({ kind: 'have', ids: [idOf(n)] });
    say({ kind: 'want', ids: [idOf(n)] });
    say({ kind: 'stand', about: 'wants', room: roomMark(room, network!.self), root });
    say({ kind: 'stand', about: 'asks', room: roomMark(room, network!.self), root: rootOf(room, Uint8Array.of(n & 255, 7)) });
  }
  await village.world.runFor(10_000);
  const sent = village.arrived.words.length;
  expect(sent).toBeGreaterThan(8_000);
  // What came back beside the flood itself: some words, some summaries.
  const flood = 2_000 * (11 + 11 + 28 + 28);
  expect(village.arrived.bytes - before).toBeLessThan(flood + 60_000);
  await village.world.finish(appOf(asha).send(room, 'After'));
  await village.until('all have it', () => haveAll([baraka!, chipo!, ...people.slice(3)], room, 'After'), 4_000);
});
