/** [M1] What was written after a disk was set back stands under numbers that were used: "received" is shown of it when others show it. */
import { describe, expect, test } from 'vitest';
import type { RoomId } from '../../src/protocol/ids.ts';
import { limits } from '../../src/protocol/limits.ts';
import type { Page } from '../simulation/page.ts';
import { deviceOf, insiderOf } from './members-insider.ts';
import { copyOf, setBack } from './set-back.ts';
import { appOf, messagesOf, roomOf, textsOf } from './village.ts';
import type { Village } from './village.ts';
import { wellOf } from './well.ts';

const textOf = (page: Page, room: RoomId, mark: string): readonly string[] =>
  messagesOf(appOf(page), room).flatMap((each) => (each.mark?.state === mark ? each.text : []));

/** Back to the copy, says one thing before it can meet anybody, and meets them. */
async function backAndSay(
  { world }: Village,
  page: Page,
  room: RoomId,
  old: ReturnType<typeof copyOf>,
  text: string,
): Promise<void> {
  page.crash('killed');
  setBack(page, old);
  world.paths.cut([page.node.name], ['Juma', 'relay']);
  await world.finish(page.start([room]));
  if (!(await world.finish(appOf(page).send(room, text)))) throw new Error('not said');
}

describe('set back', { timeout: 60_000 }, () => {
  test('twice to the same copy, in a conversation of two', async () => {
    const well = await wellOf('twice back', ['Asha', 'Juma']);
    const [asha, juma] = well.people as [Page, Page];
    const { world, until } = well.village;
    const room = (await world.finish(appOf(asha).startDirect(well.personOf(asha, 'Juma')!.person)))!;
    await world.finish(appOf(asha).show(room));
    await world.finish(appOf(asha).send(room, 'one'));
    await until('one', () => textOf(asha, room, 'received').includes('one'));
    await world.finish(appOf(juma).show(room));
    const keep = copyOf(asha);
    // The log of the conversation alone: what is said on the session is readable, and only its place is taken.
    const old = (): ReturnType<typeof copyOf> => {
      const now = copyOf(asha).records;
      const isOld = (key: string): boolean => key.includes(room) && !key.startsWith('post');
      return {
        records: new Map([...[...now].filter(([key]) => !isOld(key)), ...[...keep.records].filter(([key]) => isOld(key))]),
      };
    };
    for (const text of ['two', 'other two', 'another two']) {
      await backAndSay(well.village, asha, room, old(), text);
      world.paths.heal();
      // Before they have told each other how far they are.
      await until('received', () => textOf(asha, room, 'received').includes(text));
      expect(textsOf(appOf(juma), room)).toContain(text);
    }
    expect(textsOf(appOf(juma), room)).toEqual(['one', 'two', 'other two', 'another two']);
  });

  test('in an open room', async () => {
    const well = await wellOf('open and back', ['Asha', 'Juma']);
    const [asha, juma] = well.people as [Page, Page];
    const { world, until } = well.village;
    const room = (await world.finish(appOf(asha).startRoom('The square', 'open')))!;
    await world.finish(appOf(asha).show(room));
    await world.finish(appOf(juma).joinRoom(roomOf(appOf(asha), room).invite!));
    await world.finish(appOf(juma).show(room));
    await world.finish(appOf(asha).send(room, 'one'));
    await until('one', () => textOf(asha, room, 'received').includes('one'));
    const old = copyOf(asha);
    await world.finish(appOf(asha).send(room, 'two'));
    await until('two', () => textOf(asha, room, 'received').includes('two'));
    await backAndSay(well.village, asha, room, old, 'other two');
    world.paths.heal();
    await until('he has it', () => textsOf(appOf(juma), room).includes('other two'));
    await until('received', () => textOf(asha, room, 'received').includes('other two'));
    expect(textsOf(appOf(juma), room).toSorted()).toEqual(['one', 'other two', 'two']);
  });

  test('what is held back above a gap is not marked received', async () => {
    const well = await wellOf('above', ['Asha', 'Juma']);
    const [asha, juma] = well.people as [Page, Page];
    const { world } = well.village;
    const room = (await world.finish(appOf(asha).startDirect(well.personOf(asha, 'Juma')!.person)))!;
    await world.finish(appOf(asha).show(room));
    await world.finish(appOf(asha).send(room, 'one'));
    await well.village.until('one', () => textOf(asha, room, 'received').includes('one'));
    const insider = insiderOf(well, asha);
    for (let seq = 3; seq < 3 + limits.messagesAboveGap; seq += 1) {
      await insider.tell(deviceOf(juma), insider.entry(seq, `${seq}`));
      if (seq % 32 === 0) await world.runFor(200);
    }
    await world.runFor(5_000);
    const before = well.village.refusals().length;
    await insider.tell(deviceOf(juma), insider.entry(5_000, 'too far'));
    await world.runFor(1_000);
    expect(well.village.refusals().slice(before)).toEqual(expect.arrayContaining(['too-many', 'not-kept']));
  });
});
