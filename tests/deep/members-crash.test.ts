/**
 * A device goes at every commit of the life of a room and of a conversation of two, in every way; then two at once by luck. A part of
 * those alone, by their numbers: WAVU_SEED=… WAVU_STORIES_FROM=1000 WAVU_STORIES=1500, and `-t 'two go'`.
 */
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../src/adapters/memory/random.ts';
import type { Fall } from '../app/crash-stage.ts';
import { tellOfTwo } from '../app/crash-story-of-two.ts';
import { tell } from '../app/crash-story.ts';

const seed = process.env['WAVU_SEED'] ?? `deep-${Date.now()}`;
const from = Number(process.env['WAVU_STORIES_FROM'] ?? 0);
/** Fewer only to try this file out. */
const stories = Number(process.env['WAVU_STORIES'] ?? 3_000);
const moments = ['before', 'under way', 'after', 'refused'] as const;
const ways = ['killed', 'power-cut'] as const;

const lives = [
  { life: 'a room', people: 3, commits: 95, tell },
  { life: 'a conversation of two', people: 2, commits: 50, tell: tellOfTwo },
];

describe.each(lives)('$life', ({ life, people, commits: most, tell: tellOne }) => {
  const wrongIn = async (name: string, falls: readonly Fall[]): Promise<readonly string[]> => {
    const told = await tellOne(name, falls).catch((error: unknown) => ({ wrong: [String(error)] }));
    return told.wrong.map((what) => `${name} ${JSON.stringify(falls)}: ${what}`);
  };

  test(`every commit, every moment, seed ${seed}`, async () => {
    const { commits } = await tellOne(seed, []);
    const wrong: string[] = [];
    for (const [who, count] of commits.entries()) {
      for (let commit = 1; commit <= count; commit += 1) {
        for (const moment of moments)
          for (const how of ways) wrong.push(...(await wrongIn(seed, [{ who, commit, moment, how }])));
      }
      process.stderr.write(`members-crash: ${life}, device ${who}, ${count} commits, ${wrong.length} wrong\n`);
    }
    expect(wrong).toEqual([]);
  });

  test(`stories ${from} to ${stories} in which two go, seed ${seed}`, async () => {
    const luck = createRandom(`two ${seed}`);
    const wrong: string[] = [];
    for (let run = 0; run < stories; run += 1) {
      const who = luck.below(people);
      const falls = [who, (who + 1 + luck.below(people - 1)) % people].map((each): Fall => ({
        who: each,
        commit: 1 + luck.below(most),
        moment: moments[luck.below(4)] ?? 'before',
        how: ways[luck.below(2)] ?? 'killed',
      }));
      // Drawn all the same, so that each number is always the same story.
      if (run < from) continue;
      wrong.push(...(await wrongIn(`${seed} ${run % 50}`, falls)).map((what) => `${run}, ${what}`));
      if ((run + 1) % 500 === 0)
        process.stderr.write(`members-crash: ${life}, ${run + 1} of ${stories}, ${wrong.length} wrong\n`);
    }
    expect(wrong).toEqual([]);
  });
});
