/** The whole life of a room of members, told while one device goes at a chosen commit and comes back. */
import type { RoomView } from '../../src/app/view.ts';
import type { Page } from '../simulation/page.ts';
import { stageOf } from './crash-stage.ts';
import type { Fall, Told } from './crash-stage.ts';
import { appOf, messagesOf, roomOf } from './village.ts';

export async function tell(seed: string, falls: readonly Fall[]): Promise<Told> {
  const stage = await stageOf(seed, ['Asha', 'Juma', 'Neema']);
  const { pages, lookAt, arm, revive, until, ask, say, view, have } = stage;
  const [asha, juma, neema] = pages as [Page, Page, Page];
  arm(falls);
  await ask(
    asha,
    (app) => app.startRoom('The well', 'members'),
    (app) => app.view().rooms.length > 0,
  );
  const id = appOf(asha).view().rooms[0]!.id;
  lookAt(id);
  void appOf(asha).show(id);
  await ask(
    asha,
    (app) => app.invite(id),
    (app) => roomOf(app, id).invite !== null,
  );
  const link = view(asha)?.invite ?? '';
  const join = async (page: Page, link: string): Promise<void> => {
    await ask(
      page,
      (app) => app.joinRoom(link),
      (app) => app.view().rooms.some((room) => room.id === id),
    );
    void page.running()?.app.show(id);
    await until(`${page.node.name} is let in`, () => view(page)?.stage === 'in');
  };
  const putOut = async (): Promise<void> => {
    // Whom she does not know to be in, she has nobody to put out.
    await until('Asha knows that Neema is in', () => view(asha) !== undefined && !knowsWithout(view(asha)));
    await ask(
      asha,
      async (app) => {
        const person = roomOf(app, id).people.find(({ name }) => name === 'Neema')?.member?.person;
        if (person !== undefined) await app.removePerson(id, person);
      },
      (app) => knowsWithout(roomOf(app, id)),
    );
    await until('Neema is told', () => view(neema)?.stage === 'out');
    await until('Juma knows', () => knowsWithout(view(juma)));
  };
  // Nobody who comes later has it, or is said to.
  await say(asha, 'alone');
  await join(juma, link);
  await join(neema, link);
  for (const [at, page] of pages.entries()) await say(page, `all three, ${at}`);
  await until('all three have it', () => have(pages, 3) && have([asha], 4));
  await putOut();
  // By the link of before she waits in vain, and stops; by a new one she is in again. What she had is there all along.
  await ask(
    neema,
    (app) => app.joinRoom(link),
    (app) => roomOf(app, id).wait !== null,
  );
  await until('Neema sees that the link has ended', () => view(neema)?.wait === 'over');
  await ask(
    neema,
    (app) => app.stopWaiting(id),
    (app) => roomOf(app, id).wait === null,
  );
  if (view(neema)?.stage !== 'out') throw new Error('Neema is out of more than the room');
  await ask(
    asha,
    (app) => app.invite(id),
    (app) => roomOf(app, id).invite !== null,
  );
  const fresh = view(asha)?.invite ?? '';
  await ask(
    neema,
    (app) => app.joinRoom(fresh),
    (app) => roomOf(app, id).wait !== null || roomOf(app, id).stage === 'in',
  );
  await until('Neema is in again', () => view(neema)?.stage === 'in');
  await say(neema, 'in again');
  await until('all three have that', () => have([neema, juma], 4) && have([asha], 5));
  await putOut();
  await say(asha, 'only two');
  await say(juma, 'yes, only two');
  await until('both have it', () => have([juma], 6));
  juma.crash('power-cut');
  await revive();
  await say(juma, 'back again');
  await say(asha, 'good');
  await until('both have all', () => have([juma], 8) && have([asha], 9));
  await until('all is marked', () =>
    [asha, juma].every((page) =>
      messagesOf(appOf(page), id).every(({ mark, text }) => mark === null || mark.state === 'received' || text === 'alone'),
    ),
  );
  return stage.told({ Asha: 9, Juma: 8, Neema: 4 });
}

/** Its members are known here, and Neema is not one of them. */
const knowsWithout = (room: RoomView | undefined): boolean =>
  room !== undefined && room.role !== null && room.people.every(({ name, member }) => name !== 'Neema' || member === null);
