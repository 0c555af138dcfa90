/** A village with one uplink: who has no relay is met at it through a neighbour who has one, whatever room that one is in. */
import { expect, test } from 'vitest';
import { createPage, createRelay } from '../simulation/page.ts';
import { meet, pathIn, talk, uplink } from './uplink.ts';
import { appOf, createVillage, pair, roomOf, textsOf, withRelays } from './village.ts';

const farAddress = '/memory/far-relay';

test('one at the relay and one without any talk through a stranger to their room, who has both', async () => {
  const story = await uplink('uplink', ['Baraka']);
  await meet(story);
  await talk(story, 'Rain');
  expect(appOf(story.row[0]).view().rooms).toEqual([]);
  expect(story.village.relay.counts()).toMatchObject({ guests: 1, pages: 2 });
});

test('and through several in a row, of whom the first alone has the relay', async () => {
  const story = await uplink('long uplink', ['Baraka', 'Daudi', 'Eshe']);
  await meet(story);
  await talk(story, 'Rain');
  for (const page of story.row.slice(0, -1)) expect(appOf(page).view().rooms).toEqual([]);
});

test('two villages with an uplink each meet at the relay', async () => {
  const village = createVillage('two uplinks');
  const { world, person, room, until } = village;
  world.paths.cut(['Asha', 'Chipo'], ['relay']);
  world.paths.cut(['Asha', 'Baraka'], ['Chipo', 'Daudi']);
  const [asha, baraka, chipo, daudi] = [
    await person('Asha'),
    await person('Baraka'),
    await person('Chipo'),
    await person('Daudi'),
  ];
  await pair(village, asha, baraka);
  await pair(village, chipo, daudi);
  const well = await room([asha, chipo]);
  await until('they meet', () => [asha, chipo].every((page) => pathIn(page, well) === 'through'));
  await talk({ village, asha, row: [baraka, daudi], chipo, well }, 'Rain');
  expect(village.relay.counts()).toMatchObject({ guests: 2 });
});

test('at another relay than the one they came by, which the neighbour knows by an invite', async () => {
  const village = createVillage('far uplink');
  const { world, person, room, until } = village;
  createRelay(world, 'far relay', { address: farAddress }).start();
  world.paths.cut(['Chipo'], ['relay', 'far relay']);
  world.paths.cut(['Chipo', 'Baraka'], ['Asha']);
  const asha = createPage(world, 'Asha', farAddress, () => undefined);
  await world.finish((await world.finish(asha.start([]))).app.nameMe('Asha'));
  const [baraka, chipo] = [await person('Baraka'), await person('Chipo')];
  const fields = await world.finish(appOf(asha).startRoom('The fields', 'members'));
  const link = withRelays(village, await world.finish(appOf(asha).invite(fields!)), [farAddress]);
  await world.finish(appOf(baraka).joinRoom(link));
  const well = await room([asha, chipo]);
  await pair(village, baraka, chipo);
  await until('they meet', () => pathIn(asha, well) === 'relayed' && pathIn(chipo, well) === 'through', 90_000);
  await talk({ village, asha, row: [baraka], chipo, well }, 'Rain');
});

test('who comes to the relay later is told at once, though nobody was missing before', async () => {
  const village = createVillage('later');
  const { world, person, room, until } = village;
  world.paths.cut(['Chipo', 'Eshe'], ['relay']);
  world.paths.cut(['Asha'], ['Baraka', 'Chipo', 'Eshe']);
  const [baraka, chipo, eshe] = [await person('Baraka'), await person('Chipo'), await person('Eshe')];
  await pair(village, baraka, chipo);
  await pair(village, chipo, eshe);
  const well = await room([chipo, eshe]);
  await until('two of them are there', () => [chipo, eshe].every((page) => pathIn(page, well) === 'direct'));
  await world.runFor(120_000);
  const asha = await person('Asha');
  await world.finish(appOf(asha).joinRoom(roomOf(appOf(chipo), well).invite ?? ''));
  await world.finish(appOf(asha).show(well));
  await until('all three are', () => roomOf(appOf(asha), well).people.filter(({ here }) => here).length === 2, 10_000);
});

test('the relay restarts: they go on without anybody seeking anew', async () => {
  const story = await uplink('restart', ['Baraka']);
  await meet(story);
  await talk(story, 'Rain');
  story.village.relay.crash('killed');
  await story.village.world.runFor(60_000);
  expect(pathIn(story.asha, story.well)).toBeNull();
  story.village.relay.start();
  await meet(story, 10_000);
  await talk(story, 'Sun');
});

test('the one between goes: it is known at once at the relay, and what was said arrives by the next', async () => {
  const story = await uplink('between goes', ['Baraka']);
  const { village, asha, row, chipo, well } = story;
  await meet(story);
  await talk(story, 'Rain');
  row[0]!.crash('killed');
  await village.until('Asha knows', () => pathIn(asha, well) === null, 60_000);
  await village.world.finish(appOf(asha).send(well, 'Anybody?'));
  village.world.paths.cut(['Daudi'], ['Asha']);
  await pair(village, await village.person('Daudi'), chipo);
  await village.until('it arrives', () => textsOf(appOf(chipo), well).includes('Anybody?'), 90_000);
});

test('who finds its relay again stands for itself, and the standing in ends', async () => {
  const story = await uplink('own again', ['Baraka']);
  const { village, row, chipo, well } = story;
  await meet(story);
  await talk(story, 'Rain');
  village.world.paths.heal(['Chipo'], ['relay']);
  await village.until('Chipo is at the relay', () => pathIn(chipo, well) === 'relayed', 90_000);
  await talk(story, 'Sun');
  expect(village.relay.counts()).toMatchObject({ guests: 0, pages: 3 });
  row[0]!.crash('killed');
  await talk(story, 'Wind');
});

test('if they can connect they do, by signals over that way, and need nobody from then on', async () => {
  const story = await uplink('direct', ['Baraka']);
  const { village, asha, row, chipo, well } = story;
  village.world.paths.heal(['Asha'], ['Chipo']);
  await village.until('linked', () => [asha, chipo].every((page) => pathIn(page, well) === 'direct'), 30_000);
  village.relay.crash('killed');
  row[0]!.crash('killed');
  await talk(story, 'Rain');
});
