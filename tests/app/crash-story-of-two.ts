/** A conversation of two, from its first word until long after they left the room where they met, told while one of them goes at a chosen commit. */
import type { PersonId } from '../../src/protocol/ids.ts';
import type { Page } from '../simulation/page.ts';
import { stageOf } from './crash-stage.ts';
import type { Fall, Told } from './crash-stage.ts';
import { appOf, messagesOf, roomOf } from './village.ts';

export async function tellOfTwo(seed: string, falls: readonly Fall[]): Promise<Told> {
  const stage = await stageOf(seed, ['Asha', 'Juma']);
  const { pages, world, lookAt, arm, until, ask, say, view, have } = stage;
  const [asha, juma] = pages as [Page, Page];
  const well = await world.finish(appOf(asha).startRoom('The well', 'members'));
  const link = well && (await world.finish(appOf(asha).invite(well)));
  if (well === null || link === null) throw new Error('no room');
  await world.finish(appOf(juma).joinRoom(link));
  const personAt = (page: Page): PersonId | undefined => roomOf(appOf(page), well).people[0]?.member?.person;
  await until('they know each other', () => personAt(asha) !== undefined && personAt(juma) !== undefined);
  const person = personAt(asha)!;
  arm(falls);

  await ask(
    asha,
    (app) => app.startDirect(person),
    (app) => app.view().rooms.some(({ kind }) => kind === 'direct'),
  );
  const id = appOf(asha)
    .view()
    .rooms.find(({ kind }) => kind === 'direct')!.id;
  lookAt(id);
  void appOf(asha).show(id);
  await say(asha, 'one');
  await until('Juma sees it', () => view(juma) !== undefined);
  void appOf(juma).show(id);
  await until('Juma reads it', () => have([juma], 1));
  await say(juma, 'two');
  await until('both have that', () => have(pages, 2));
  await say(asha, 'three');
  await say(juma, 'four');
  await say(asha, 'five');
  await until('both have those', () => have(pages, 5));
  await ask(
    juma,
    (app) => app.nameMe('Juma the baker'),
    (app) => app.view().me?.name === 'Juma the baker',
  );
  await until('Asha is told', () => view(asha)?.name === 'Juma the baker');
  for (const page of pages) {
    await ask(
      page,
      (app) => app.leaveRoom(well),
      (app) => app.view().rooms.every((room) => room.id !== well),
    );
  }
  await say(juma, 'six');
  await say(asha, 'seven');
  await until('nothing of the well is needed', () => have(pages, 7));
  juma.crash('power-cut');
  await stage.revive();
  await say(juma, 'eight');
  await say(asha, 'nine');
  await until('both have all', () => have(pages, 9));
  await until('all is marked', () =>
    pages.every((page) => messagesOf(appOf(page), id).every(({ mark }) => mark === null || mark.state === 'received')),
  );
  return stage.told({ Asha: 9, Juma: 9 });
}
