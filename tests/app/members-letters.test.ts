/** Letters wait until they arrive, and no longer than there is anything to say to those they are for. */
import { expect, test } from 'vitest';
import { under } from '../../src/app/records.ts';
import type { Page } from '../simulation/page.ts';
import { deviceOf } from './members-insider.ts';
import { lose } from './set-back.ts';
import { appOf, messagesOf, textsOf } from './village.ts';
import { wellOf } from './well.ts';

const dayMs = 86_400_000;

test(
  'what waits for somebody put out goes once the conversation with them was left too, and not before',
  { timeout: 60_000 },
  async () => {
    const well = await wellOf('letters stay', ['Asha', 'Juma']);
    const [asha, juma] = well.people as [Page, Page];
    const { world, until } = well.village;
    const id = deviceOf(juma);
    const lettersFor = (): number => asha.node.disk.range(under(`post/${id}`)).length;
    const room = (await world.finish(appOf(asha).startDirect(well.personOf(asha, 'Juma')!.person)))!;
    const say = async (...texts: string[]) => {
      for (const text of texts) await world.finish(appOf(asha).send(room, text));
    };
    await say('hello');
    await world.finish(appOf(asha).show(room));
    await until('he has it', () => messagesOf(appOf(asha), room)[0]?.mark?.state === 'received');
    juma.crash('killed');
    await world.runFor(5_000);
    await say('one', 'two', 'three');
    await world.finish(appOf(asha).removePerson(well.room, well.personOf(asha, 'Juma')!.person));
    await world.runFor(2 * dayMs);
    expect(lettersFor()).toBeGreaterThan(2);
    // Nothing of the room is shared, and the conversation is.
    await well.back(juma);
    await world.finish(appOf(juma).show(room));
    await until('all of it', () => textsOf(appOf(juma), room).length === 4);
    await until('nothing waits', () => lettersFor() === 0);
    juma.crash('killed');
    await world.runFor(60_000);
    await say('four', 'five');
    expect(lettersFor()).toBeGreaterThan(1);
    await world.finish(appOf(asha).leaveRoom(room));
    await world.runFor(2 * 3_600_000);
    expect(lettersFor()).toBe(0);
  },
);

test('what was sealed on a session that the disk does not give back goes, and is said again', { timeout: 60_000 }, async () => {
  const well = await wellOf('no session', ['Asha', 'Juma']);
  const [asha, juma] = well.people as [Page, Page];
  const { world, until } = well.village;
  const lettersFor = (): number => asha.node.disk.range(under(`post/${id}`)).length;
  const id = deviceOf(juma);
  const room = (await world.finish(appOf(asha).startDirect(well.personOf(asha, 'Juma')!.person)))!;
  await world.finish(appOf(asha).send(room, 'hello'));
  await world.finish(appOf(asha).show(room));
  await until('he has it', () => messagesOf(appOf(asha), room)[0]?.mark?.state === 'received');
  await world.finish(appOf(juma).show(room));
  juma.crash('killed');
  await world.runFor(5_000);
  await world.finish(appOf(asha).send(room, 'waits'));
  expect(lettersFor()).toBeGreaterThan(0);
  asha.crash('killed');
  expect(lose(asha, 'pair/')).toBeGreaterThan(0);
  await world.finish(asha.start([room]));
  await world.runFor(1_000);
  expect(lettersFor()).toBe(0);
  await world.finish(juma.start([room]));
  await until('all of it', () => textsOf(appOf(juma), room).length === 2, 300_000);
  await until('nothing waits', () => lettersFor() === 0);
});
