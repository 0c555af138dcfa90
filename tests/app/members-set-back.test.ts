/** Disks that were lost in part, or put back to an old copy: nobody is stranded, no key is used twice, nothing that was marked is missing (S15). */
import { describe, expect, test } from 'vitest';
import type { RoomId } from '../../src/protocol/ids.ts';
import type { Page } from '../simulation/page.ts';
import { createNonces } from './nonces.ts';
import type { Nonces } from './nonces.ts';
import { copyOf, lose, setBack } from './set-back.ts';
import { appOf, messagesOf, textsOf } from './village.ts';
import { wellOf } from './well.ts';
import type { Well } from './well.ts';

const minuteMs = 60_000;

interface Scene {
  readonly well: Well;
  readonly nonces: Nonces;
  readonly asha: Page;
  readonly juma: Page;
  readonly direct: RoomId;
  /** In the conversation of two, and in the room. */
  say(page: Page, text: string): Promise<void>;
  back(page: Page): Promise<void>;
  /** What they say now is heard by the other, in both places, and marked. */
  talk(what: string, withinMs?: number): Promise<void>;
}

async function scene(seed: string): Promise<Scene> {
  const nonces = createNonces();
  const well = await wellOf(seed, ['Asha', 'Juma', 'Neema'], { nonces });
  const [asha, juma] = well.people as [Page, Page];
  const { world, until } = well.village;
  const direct = await world.finish(appOf(asha).startDirect(well.personOf(asha, 'Juma')!.person));
  if (direct === null) throw new Error('no conversation');
  await world.finish(appOf(asha).show(direct));
  await world.finish(appOf(asha).send(direct, 'for you'));
  await until('it came', () =>
    appOf(juma)
      .view()
      .rooms.some(({ id }) => id === direct),
  );
  await world.finish(appOf(juma).show(direct));
  const rooms = [direct, well.room];
  const one: Scene = {
    ...{ well, nonces, asha, juma, direct },
    say: async (page, text) => {
      for (const room of rooms) expect(await world.finish(appOf(page).send(room, text))).toBe(true);
    },
    back: async (page) => {
      await world.finish(page.start(rooms));
    },
    talk: async (what, withinMs = minuteMs) => {
      await one.say(asha, `${what}, Asha`);
      await one.say(juma, `${what}, Juma`);
      const isDone = (page: Page, room: RoomId): boolean =>
        [`${what}, Asha`, `${what}, Juma`].every((text) => {
          const message = messagesOf(appOf(page), room).find((each) => each.text === text);
          return message !== undefined && (message.mark === null || message.mark.state === 'received');
        });
      for (const room of rooms) {
        const name = room === direct ? 'direct' : 'room';
        await until(`${what}: heard and marked in the ${name}`, () => [asha, juma].every((page) => isDone(page, room)), withinMs);
      }
    },
  };
  await one.talk('at first');
  await world.runFor(minuteMs);
  return one;
}

/** What the other one said and saw marked is there again, each once; and no key was used twice. */
function isWhole({ nonces, direct, well }: Scene, page: Page, texts: readonly string[], twice = 0): void {
  expect(nonces.twice()).toHaveLength(twice);
  expect(nonces.counts().left).toBeGreaterThan(100);
  for (const room of [direct, well.room]) {
    const shown = textsOf(appOf(page), room);
    expect([...new Set(shown)]).toEqual(shown);
    expect(shown).toEqual(expect.arrayContaining([...texts]));
  }
}

/** Asha's disk is as it was then, and both talk on. */
async function goOnFrom(one: Scene, old: ReturnType<typeof copyOf>): Promise<void> {
  const { well, asha } = one;
  asha.crash('killed');
  setBack(asha, old);
  await one.back(asha);
  await one.talk('after');
  await one.talk('and on');
  await well.village.world.runFor(2 * minuteMs);
}

describe('[S15] a disk that was set back or lost', { timeout: 60_000 }, () => {
  test('thirty messages back, in a talk that goes both ways', async () => {
    const one = await scene('both ways');
    const { well, asha, juma, say } = one;
    const old = copyOf(asha);
    const said: string[] = [];
    for (let at = 0; at < 15; at += 1) {
      await say(asha, `asha ${at}`);
      await say(juma, `juma ${at}`);
      said.push(`juma ${at}`);
      await well.village.world.runFor(2_000);
    }
    await goOnFrom(one, old);
    isWhole(one, asha, said);
    isWhole(one, juma, [...said, ...said.map((text) => text.replace('juma', 'asha'))]);
  });

  test('thirty messages back, where only one of them spoke', async () => {
    // Wherever in its lease a chain stands.
    for (const [speaker, before] of [
      ['Asha', 0],
      ['Asha', 25],
      ['Asha', 50],
      ['Juma', 50],
    ] as const) {
      const one = await scene(`one way ${speaker} ${before}`);
      const { well, asha, juma, say } = one;
      for (let at = 0; at < before; at += 1) await say(asha, `before ${at}`);
      await well.village.world.runFor(10_000);
      const old = copyOf(asha);
      const said = Array.from({ length: 30 }, (_, at) => `line ${at}`);
      for (const text of said) await say(speaker === 'Asha' ? asha : juma, text);
      await well.village.world.runFor(10_000);
      await goOnFrom(one, old);
      isWhole(one, asha, speaker === 'Juma' ? said : []);
      isWhole(one, juma, said);
    }
  });

  test('what is said before anybody is met is heard too, though its numbers were used', async () => {
    const one = await scene('spoken alone');
    const { well, asha, juma, say } = one;
    const { world } = well.village;
    const old = copyOf(asha);
    for (const text of ['one', 'two', 'three']) await say(asha, text);
    await world.runFor(10_000);
    asha.crash('killed');
    setBack(asha, old);
    world.paths.cut(['Asha'], ['Juma', 'Neema', 'relay']);
    await one.back(asha);
    for (const text of ['other one', 'other two']) await say(asha, text);
    world.paths.heal();
    await one.talk('after', 3 * minuteMs);
    isWhole(one, juma, ['one', 'two', 'three', 'other one', 'other two']);
  });

  test('far back, beyond what is leased', async () => {
    for (const speaker of ['Asha', 'Juma']) {
      const one = await scene(`far ${speaker}`);
      const { well, asha, juma, say } = one;
      const old = copyOf(asha);
      const said = Array.from({ length: 120 }, (_, at) => `line ${at}`);
      for (const text of said) await say(speaker === 'Asha' ? asha : juma, text);
      await well.village.world.runFor(30_000);
      asha.crash('killed');
      setBack(asha, old);
      await one.back(asha);
      await one.talk('after', 3 * minuteMs);
      await one.talk('and on');
      await well.village.world.runFor(2 * minuteMs);
      // What it said first, before it knew: known limit.
      const first = one.nonces.twice().length;
      expect(first).toBeLessThan(4);
      isWhole(one, juma, said, first);
      isWhole(one, asha, speaker === 'Juma' ? said : [], first);
    }
  });

  test('the sessions of one are lost', async () => {
    const one = await scene('one lost');
    const { asha, juma } = one;
    asha.crash('killed');
    expect(lose(asha, 'pair/')).toBeGreaterThan(0);
    await one.back(asha);
    await one.talk('after');
    await one.talk('and on');
    isWhole(one, juma, []);
  });

  test('a month later, where no room is shared any more', async () => {
    const well = await wellOf('a month', ['Asha', 'Juma']);
    const [asha, juma] = well.people as [Page, Page];
    const { world, until } = well.village;
    const direct = (await world.finish(appOf(asha).startDirect(well.personOf(asha, 'Juma')!.person)))!;
    const heard = (page: Page, text: string): Promise<void> =>
      until(`${text} is heard`, () => textsOf(appOf(page), direct).includes(text), 3 * minuteMs);
    const bothBack = async (): Promise<void> => {
      for (const page of [asha, juma]) await world.finish(page.start([direct]));
    };
    await world.finish(appOf(asha).send(direct, 'hello'));
    await until('it came', () => appOf(juma).view().rooms.length === 2);
    await world.finish(appOf(juma).leaveRoom(well.room));
    for (let round = 0; round < 5; round += 1) {
      for (const page of [asha, juma]) page.crash('killed');
      await world.runFor(6 * 24 * 60 * minuteMs);
      await bothBack();
      await world.finish(appOf(asha).send(direct, `round ${round}`));
      await heard(juma, `round ${round}`);
      await world.runFor(minuteMs);
    }
    for (const page of [asha, juma]) page.crash('killed');
    expect(lose(juma, 'pair/')).toBeGreaterThan(0);
    await bothBack();
    await world.finish(appOf(asha).send(direct, 'still there?'));
    await world.finish(appOf(juma).send(direct, 'yes'));
    await heard(juma, 'still there?');
    await heard(asha, 'yes');
  });

  test('the sessions of both are lost', async () => {
    const one = await scene('both lost');
    const { asha, juma } = one;
    for (const page of [asha, juma]) page.crash('killed');
    for (const page of [asha, juma]) expect(lose(page, 'pair/')).toBeGreaterThan(0);
    for (const page of [asha, juma]) await one.back(page);
    await one.talk('after');
    await one.talk('and on');
    isWhole(one, juma, []);
  });

  test('both are set back, each to another time', async () => {
    const one = await scene('both back');
    const { well, asha, juma, say } = one;
    const { world } = well.village;
    const ofAsha = copyOf(asha);
    for (let at = 0; at < 8; at += 1) {
      await say(asha, `asha ${at}`);
      await say(juma, `juma ${at}`);
      await world.runFor(2_000);
    }
    const ofJuma = copyOf(juma);
    for (let at = 8; at < 16; at += 1) {
      await say(juma, `juma ${at}`);
      await say(asha, `asha ${at}`);
      await world.runFor(2_000);
    }
    for (const page of [asha, juma]) page.crash('killed');
    setBack(asha, ofAsha);
    setBack(juma, ofJuma);
    for (const page of [asha, juma]) await one.back(page);
    await one.talk('after');
    await one.talk('and on');
    await world.runFor(2 * minuteMs);
    isWhole(one, asha, ['juma 0', 'juma 7']);
    isWhole(one, juma, ['asha 0', 'asha 7']);
  });
});
