/** Records that the disk gives back no more: what is left of a person or a room stays, nothing is written over it, the rest comes by sync. */
import { describe, expect, test } from 'vitest';
import { bytesToHex } from '../../src/protocol/bytes.ts';
import type { RoomId } from '../../src/protocol/ids.ts';
import type { Page } from '../simulation/page.ts';
import { createNonces } from './nonces.ts';
import { copyOf } from './set-back.ts';
import { appOf, createVillage, messagesOf, roomOf, textsOf } from './village.ts';
import { goOn, wellOf } from './well.ts';
import type { Well } from './well.ts';

const keysOfMine = ['me/person', 'me/agreeing', 'me/certificate'];
const minuteMs = 60_000;
const hex = (bytes: Uint8Array | undefined): string => bytesToHex(bytes ?? new Uint8Array(0));

function spoil(page: Page, keys: readonly string[]): void {
  const { records } = copyOf(page);
  for (const key of keys) {
    if (!records.has(key)) throw new Error(`no ${key}`);
    page.node.disk.faults.unreadable.add(key);
  }
}

/** What still does not open, as it lies there. */
const hidden = (page: Page, keys: readonly string[]): readonly (string | undefined)[] => {
  const { unreadable } = page.node.disk.faults;
  const spoilt = keys.filter((key) => unreadable.delete(key));
  const { records } = copyOf(page);
  for (const key of spoilt) unreadable.add(key);
  return keys.map((key) => (spoilt.includes(key) ? hex(records.get(key)) : undefined));
};

describe('keys of this person', () => {
  test.each([...keysOfMine, keysOfMine.join(' ')])('%s: no other person is made', async (names) => {
    const spoilt = names.split(' ');
    const village = createVillage(`spoilt ${spoilt.join()}`);
    const { world } = village;
    const asha = await village.person('Asha');
    const room = (await world.finish(appOf(asha).startRoom('The well', 'members')))!;
    expect(await world.finish(appOf(asha).send(room, 'before'))).toBe(true);
    const open = (await world.finish(appOf(asha).startRoom('The market', 'open')))!;
    const { person } = appOf(asha).view().me!;
    asha.crash('killed');
    const before = copyOf(asha).records;
    spoil(asha, spoilt);
    await world.finish(asha.start([room, open]));
    const app = appOf(asha);
    await village.until('it is told', () => app.view().trouble !== null);
    expect(app.view().trouble).toBe(spoilt.length === 1 ? 'keys-not-read' : 'storage-failed');
    expect(app.view().me!.person).toBe(person);
    // What was there can be read, and open rooms go on.
    expect(textsOf(app, room)).toEqual(['before']);
    expect(await world.finish(app.send(open, 'here'))).toBe(true);
    app.dismissTrouble();
    expect(await world.finish(app.send(room, 'not now'))).toBe(false);
    expect(app.view().trouble).not.toBeNull();
    expect(hidden(asha, spoilt)).toEqual(spoilt.map((key) => hex(before.get(key))));
    // Should the disk find them again, all is as it was.
    asha.crash('killed');
    asha.node.disk.faults.unreadable.clear();
    await world.finish(asha.start([room, open]));
    expect(await world.finish(appOf(asha).send(room, 'after'))).toBe(true);
    expect(appOf(asha).view()).toMatchObject({ trouble: null, me: { person } });
  });
});

describe('operations of a room', () => {
  const operationsOf = (page: Page, room: RoomId): readonly string[] =>
    [...copyOf(page).records.keys()].filter((key) => key.startsWith(`operation/${room}/`));
  const countOf = (well: Well, page: Page): number => well.handsOf(page).vault.room(well.room)!.graph.count;

  test('one that does not open takes no other room away, and no conversation', async () => {
    const village = createVillage('spoilt operation');
    const { world } = village;
    const asha = await village.person('Asha');
    const spoilt = (await world.finish(appOf(asha).startRoom('one', 'members')))!;
    expect(await world.finish(appOf(asha).send(spoilt, 'in the first'))).toBe(true);
    const other = (await world.finish(appOf(asha).startRoom('two', 'members')))!;
    asha.crash('killed');
    spoil(asha, operationsOf(asha, spoilt).slice(0, 1));
    await world.finish(asha.start([spoilt, other]));
    expect(await world.finish(appOf(asha).send(other, 'in the other'))).toBe(true);
    expect(textsOf(appOf(asha), spoilt)).toEqual(['in the first']);
    expect(roomOf(appOf(asha), spoilt).name).toBe('one');
    expect(await world.finish(appOf(asha).send(spoilt, 'not now'))).toBe(false);
  });

  // Founded, a link, two let in, one put out, new keys.
  test.each([0, 1, 2, 3, 4, 5])(
    '[K6] the one at place %i: the room goes on once somebody is met, and no number is used twice',
    async (at) => {
      const nonces = createNonces();
      const well = await wellOf(`spoilt place ${at}`, ['Asha', 'Juma', 'Neema'], { nonces });
      const [asha, juma, neema] = well.people as [Page, Page, Page];
      const { world, until } = well.village;
      await well.say(asha, 'from Asha');
      await well.say(juma, 'from Juma');
      await well.allHave(['from Asha', 'from Juma']);
      expect(await world.finish(appOf(asha).removePerson(well.room, well.personOf(asha, 'Neema')!.person))).toBe(true);
      await world.runFor(minuteMs);
      asha.crash('killed');
      const places = operationsOf(asha, well.room);
      expect(places).toHaveLength(6);
      const spoilt = places[at]!;
      const before = copyOf(asha).records;
      spoil(asha, [spoilt]);
      await well.say(juma, 'meanwhile');
      await well.back(asha);
      await until('all of it is back', () => countOf(well, asha) >= countOf(well, juma), 5 * minuteMs);
      await world.runFor(minuteMs);
      const pair = [asha, juma] as const;
      await goOn(well, pair, 'again');
      await well.allHave(['from Asha', 'from Juma', 'meanwhile', 'again?', 'again!'], pair);
      expect(textsOf(appOf(neema), well.room)).toEqual(['from Asha', 'from Juma']);
      // That the last of all is lacking only the keys tell: it is put there again. What lay behind another lies there still.
      const isLast = at === places.length - 1;
      expect(hidden(asha, [spoilt])).toEqual([isLast ? undefined : hex(before.get(spoilt))]);
      const now = copyOf(asha).records;
      for (const key of places.filter((each) => each !== spoilt)) expect(hex(now.get(key))).toBe(hex(before.get(key)));
      // And nothing is torn at the next start.
      asha.crash('killed');
      await well.back(asha);
      expect(countOf(well, asha)).toBe(countOf(well, juma));
      expect(well.handsOf(asha).vault.lackedIn(well.room)).toEqual([]);
      await goOn(well, pair, 'and on');
      expect(nonces.twice()).toEqual([]);
      expect(messagesOf(appOf(asha), well.room)).toHaveLength(7);
    },
  );

  test('is waited for: until it is back nothing is said for people who may have gone', async () => {
    const well = await wellOf('spoilt and alone', ['Asha', 'Juma', 'Neema']);
    const [asha, juma, neema] = well.people as [Page, Page, Page];
    const { world } = well.village;
    expect(await world.finish(appOf(asha).removePerson(well.room, well.personOf(asha, 'Neema')!.person))).toBe(true);
    await world.runFor(minuteMs);
    for (const page of [asha, juma]) page.crash('killed');
    const [removal] = operationsOf(asha, well.room).slice(-2);
    spoil(asha, [removal!]);
    await well.back(asha);
    await world.runFor(5 * minuteMs);
    expect(await well.say(asha, 'who hears this?')).toBe(false);
    expect(countOf(well, asha)).toBe(4);
    expect(roomOf(appOf(asha), well.room).stage).toBe('in');
    await well.back(juma);
    await world.runFor(2 * minuteMs);
    await goOn(well, [asha, juma], 'again');
    expect(textsOf(appOf(neema), well.room)).toEqual([]);
  });
});
