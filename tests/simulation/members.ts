/** A room of members: everybody says a few words while guests are let in and put out, frames are lost, and devices and the relay go and return. */
import { createRandom } from '../../src/adapters/memory/random.ts';
import type { Page } from './page.ts';
import { runStory, untilIn } from './room-run.ts';
import type { Happening, Scenario, Stage } from './room-run.ts';
import type { Row } from './rows.ts';

const talkMs = 90_000;
const returnMs = 60_000;

export const members = (scenario: Scenario): Promise<readonly Row[]> =>
  runStory(
    {
      name: 'members',
      kind: 'members',
      guests: Math.max(1, Math.floor(scenario.nodes / 5)),
      path: { delayMs: 30, jitterMs: 15, loss: 0.02 },
      talkMs,
      wholeMs: talkMs,
      happenings: (stage) => [
        ...stage.guests.flatMap((guest, at) =>
          churn(stage, guest, at, createRandom(`guests ${scenario.seed} ${at}`).below(20_000)),
        ),
        { atMs: 15_000, run: () => stage.relay.crash('killed') },
        { atMs: 20_000, run: () => stage.relay.start() },
        { atMs: 35_000, run: () => stage.pages.at(-1)?.crash('power-cut') },
        { atMs: returnMs, run: () => void stage.pages.at(-1)?.start([stage.room]) },
      ],
    },
    scenario,
  );

/** Comes by the link, and is put out some time later by the founder, who makes a new link. */
const churn = ({ pages, room, invite, say }: Stage, guest: Page, at: number, luckMs: number): readonly Happening[] => {
  const name = `Guest ${at}`;
  const founder = (): Page | undefined => pages[0];
  return [
    {
      atMs: 22_000 + luckMs,
      run: () => void come(),
    },
    {
      atMs: 55_000 + luckMs,
      run: () => void putOut(),
    },
  ];

  async function come(): Promise<void> {
    const { app } = await guest.start([]);
    await app.nameMe(name);
    const link = (await founder()?.running()?.app.invite(room)) ?? invite;
    await app.joinRoom(link);
    await app.show(room);
    await untilIn(app, room);
    say(`${name} is in`);
    await app.send(room, `${name} was here`);
  }

  async function putOut(): Promise<void> {
    const app = founder()?.running()?.app;
    const people = app?.view().rooms.find((view) => view.id === room)?.people ?? [];
    const person = people.find((each) => each.name === name && each.member !== null)?.member?.person;
    if (app === undefined || person === undefined) return say(`${name} never came`);
    say(`${name} is put out: ${await app.removePerson(room, person)}`);
  }
};
