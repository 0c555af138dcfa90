/** Everything that can go wrong, by luck: crashes, power cuts, cuts through the middle, broken links, relays down. */
import { createRandom } from '../../src/adapters/memory/random.ts';
import type { Random } from '../../src/adapters/memory/random.ts';
import { runStory } from './room-run.ts';
import type { Happening, Scenario, Stage } from './room-run.ts';
import type { Row } from './rows.ts';

const stormMs = 120_000;
const disasters = 14;

export const storm = (scenario: Scenario): Promise<readonly Row[]> => {
  const luck = createRandom(`storm ${scenario.seed}`);
  return runStory(
    {
      name: 'storm',
      path: { delayMs: 40, jitterMs: 60, loss: 0.08 },
      talkMs: stormMs,
      wholeMs: stormMs,
      happenings: (stage) => [
        ...Array.from({ length: disasters }, () => disaster(stage, luck)).flat(),
        { atMs: stormMs, run: () => calm(stage) },
      ],
    },
    scenario,
  );
};

/** One, and its end some time later: all of them may overlap. */
const disaster = (stage: Stage, luck: Random): readonly Happening[] => {
  const { world, relay, pages, room, speak, say } = stage;
  const atMs = luck.below(stormMs * 0.8);
  const endMs = Math.min(stormMs - 1, atMs + 500 + luck.below(30_000));
  const how = luck.chance(0.5) ? 'killed' : 'power-cut';
  const page = pages[luck.below(pages.length)];
  const name = page?.node.name ?? '';
  const told = (at: number, what: string, run: () => void): Happening => ({
    atMs: at,
    run: () => {
      say(what);
      run();
    },
  });
  switch (luck.below(5)) {
    case 0:
    case 1:
      return [
        // In the middle of writing: what the app said is kept must be, whatever else is not.
        { atMs: Math.max(0, atMs - luck.below(9)), run: () => speak(name, `${name}, last words at ${atMs} ${endMs}`) },
        told(atMs, `${name} ${how}`, () => page?.crash(how)),
        told(endMs, `${name} returns`, () => {
          if (page?.running() === null && page.node.lives().length === 0) void page.start([room]);
        }),
      ];
    case 2:
      return [
        told(atMs, `relay ${how}`, () => relay.crash(how)),
        told(endMs, 'relay returns', () => {
          if (relay.node.lives().length === 0) relay.start();
        }),
      ];
    case 3: {
      const names = [...pages.map((each) => each.node.name), 'relay'];
      const some = names.filter(() => luck.chance(0.5));
      const others = names.filter((each) => !some.includes(each));
      return [
        told(atMs, `cut: ${some.join(', ')} | ${others.join(', ')}`, () => world.paths.cut(some, others)),
        told(endMs, 'cut healed', () => world.paths.heal(some, others)),
      ];
    }
    default: {
      const other = pages[luck.below(pages.length)]?.node.name ?? '';
      return [told(atMs, `links broken: ${name}, ${other}`, () => world.breakLinks(name, other))];
    }
  }
};

/** Everybody is up and nothing is cut: from here on no excuse counts. */
const calm = ({ world, relay, pages, room, say }: Stage): void => {
  say('calm');
  world.paths.heal();
  if (relay.node.lives().length === 0) relay.start();
  for (const page of pages) if (page.node.lives().length === 0) void page.start([room]);
};
