/** What an entry says it has seen (M5), also after a start: the newest that nobody answered, its device's last one, and operations once. */
import { describe, expect, test } from 'vitest';
import { decodeEntry } from '../../src/protocol/entries/entry.ts';
import { shortOf } from '../../src/protocol/ids.ts';
import type { MessageId, RoomId, Short } from '../../src/protocol/ids.ts';
import { headsOf } from '../../src/protocol/rooms/graph.ts';
import { messageIdIn, under } from '../../src/app/records.ts';
import { readDirect, readSigned } from '../../src/app/rooms/kept.ts';
import type { Page } from '../simulation/page.ts';
import { appOf, textsOf } from './village.ts';
import { wellOf } from './well.ts';
import type { Well } from './well.ts';

interface Line {
  readonly name: Short;
  readonly parents: readonly Short[];
}

/** By their texts, as they lie on the disk. */
function linesOf(page: Page, room: RoomId): ReadonlyMap<string, Line> {
  const lines = new Map<string, Line>();
  for (const { key, value } of page.node.disk.range(under(`timeline/${room}`))) {
    const said = readSigned(value) ?? readDirect(value);
    const entry = said && decodeEntry(said.entry);
    if (entry === null || 'refused' in entry || !('text' in entry.body)) continue;
    lines.set(entry.body.text, { name: shortOf(messageIdIn(key) as MessageId), parents: entry.parents });
  }
  return lines;
}

async function restart(well: Well, page: Page, room: RoomId): Promise<void> {
  page.crash('power-cut');
  await well.village.world.finish(page.start([room, well.room]));
}

describe('[M5] parents', { timeout: 60_000 }, () => {
  test('after a start an entry names what was said before it, its own last one too, and no operation twice', async () => {
    const well = await wellOf('parents', ['Asha', 'Juma']);
    const [asha, juma] = well.people as [Page, Page];
    await well.say(juma, 'first of Juma');
    await well.allHave(['first of Juma']);
    await well.say(asha, 'answer of Asha');
    await well.allHave(['answer of Asha']);
    await restart(well, juma, well.room);
    await well.say(juma, 'second of Juma');
    const lines = linesOf(juma, well.room);
    expect(lines.get('second of Juma')!.parents).toEqual([lines.get('answer of Asha')!.name]);
    const operations = headsOf(well.handsOf(juma).vault.room(well.room)!.graph).map(shortOf);
    expect(lines.get('first of Juma')!.parents).toEqual(expect.arrayContaining(operations));
  });

  test('where many speak at once, the own last one is among those named', async () => {
    const names = ['Asha', 'Juma', 'Neema', 'Zuri', 'Baraka', 'Chiku', 'Dalili'];
    const well = await wellOf('many parents', names);
    const { world } = well.village;
    const [asha, ...others] = well.people as [Page, ...Page[]];
    for (const page of well.people)
      world.paths.cut([page.node.name], [...names.filter((name) => name !== page.node.name), 'relay']);
    await well.say(asha, 'mine');
    await world.runFor(5_000);
    for (const page of others) await well.say(page, `of ${page.node.name}`);
    world.paths.heal();
    await well.allHave(['mine', ...others.map((page) => `of ${page.node.name}`)]);
    await restart(well, asha, well.room);
    await well.say(asha, 'and now');
    const lines = linesOf(asha, well.room);
    const { parents } = lines.get('and now')!;
    expect(parents).toContain(lines.get('mine')!.name);
    const theirs = new Set(others.map((page) => lines.get(`of ${page.node.name}`)!.name));
    expect(parents.filter((parent) => theirs.has(parent))).toHaveLength(3);
  });

  test('the same in a conversation of two', async () => {
    const well = await wellOf('parents of two', ['Asha', 'Juma']);
    const [asha, juma] = well.people as [Page, Page];
    const { world, until } = well.village;
    const direct = (await world.finish(appOf(asha).startDirect(well.personOf(asha, 'Juma')!.person)))!;
    await world.finish(appOf(asha).show(direct));
    await world.finish(appOf(asha).send(direct, 'one'));
    await until('it came', () => appOf(juma).view().rooms.length === 2);
    await world.finish(appOf(juma).send(direct, 'two'));
    await until('it came back', () => textsOf(appOf(asha), direct).includes('two'));
    await restart(well, asha, direct);
    await world.finish(appOf(asha).send(direct, 'three'));
    const lines = linesOf(asha, direct);
    expect(lines.get('three')!.parents).toEqual([lines.get('two')!.name]);
  });
});
