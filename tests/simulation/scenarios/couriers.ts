/** No network at all after the first hour's hello: only people who meet, and show each other two codes. */
import type { Life } from '../../../src/adapters/memory/node.ts';
import { contactsOf } from '../contacts.ts';
import type { Happening } from '../room-run.ts';
import type { Plan } from './plan.ts';

/** To take out the phone, show and scan, both ways. */
const pairingMs = 12_000;

export const couriers: Plan = {
  name: 'couriers',
  full: { nodes: 36, talkMs: 6 * 3_600_000 },
  small: { nodes: 12, talkMs: 1_800_000 },
  roomSize: 6,
  messagesPerNodeMinute: 0.02,
  relays: 1,
  heals: 'never',
  // A phone's own hotspot.
  path: { delayMs: 3, jitterMs: 5, loss: 0.02 },
  settle: () => ({ nodeOf: () => ({}) }),
  happenings: ({ crowd, talkMs, luck, say }): readonly Happening[] => {
    const { world, devices } = crowd;
    const names = devices.map(({ name }) => name);
    const lifeOf = (name: string): Life | undefined => world.node(name).lives()[0];
    return [
      {
        atMs: 0,
        run: () => {
          for (const relay of crowd.relays) relay.crash('power-cut');
          world.paths.onlyInContact(names);
        },
      },
      ...contactsOf(names, talkMs, luck.fork('contacts')).flatMap(({ one, other, fromMs, untilMs }) => [
        {
          atMs: fromMs,
          run: () => {
            say(`${one} and ${other} meet`);
            world.paths.contact(one, other, 'up');
          },
        },
        { atMs: Math.min(untilMs, fromMs + pairingMs), run: () => void pair(lifeOf(one), lifeOf(other)) },
        { atMs: untilMs, run: () => world.paths.contact(one, other, 'down') },
      ]),
    ];
  },
};

const pair = async (one: Life | undefined, other: Life | undefined): Promise<void> => {
  if (one === undefined || other === undefined) return;
  const [here, there] = [one.network(), other.network()];
  if (here.links().some((link) => link.peer === there.self && link.state() === 'open')) return;
  const never = new AbortController().signal;
  const offer = await here.offer(never);
  const answer = await there.answer(offer.bytes, never);
  if (answer.state === 'answered') await Promise.all([offer.accept(answer.bytes), answer.opened]);
};
