/** Rooms of members and conversations of two over crashes: whatever a device was doing when it went, nobody is stranded, and no key serves twice. */
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../src/adapters/memory/random.ts';
import type { Fall } from './crash-stage.ts';
import { tellOfTwo } from './crash-story-of-two.ts';
import { tell } from './crash-story.ts';

const fresh = String(Math.floor(Math.random() * 2 ** 32));
process.stderr.write(`members-crash: fresh seed ${fresh}\n`);

const moments = ['before', 'under way', 'after', 'refused'] as const;

const fallsFrom = (seed: string, commits: readonly number[], count: number): readonly Fall[] => {
  const luck = createRandom(`falls ${seed}`);
  return Array.from({ length: count }, (_, at) => ({
    who: at % commits.length,
    commit: 1 + luck.below(commits[at % commits.length] ?? 1),
    moment: moments[luck.below(moments.length)] ?? 'before',
    how: luck.chance(0.5) ? 'killed' : 'power-cut',
  }));
};

describe('a room of members', { timeout: 120_000 }, () => {
  test('the story is a good one where nobody falls, and the watch sees what leaves', async () => {
    const told = await tell('calm', []);
    expect(told.wrong).toEqual([]);
    expect(told.left).toBeGreaterThan(50);
    expect(Math.min(...told.commits)).toBeGreaterThan(10);
  });

  test('two of them go, each at a commit of its own', async () => {
    const { commits } = await tell(fresh, []);
    const falls = fallsFrom(`two ${fresh}`, commits, 18);
    for (let at = 0; at < falls.length; at += 3) {
      const both = falls.slice(at, at + 2);
      const told = await tell(fresh, both).catch((error: unknown) => ({ wrong: [String(error)] }));
      expect([both, ...told.wrong]).toEqual([both]);
    }
  });

  for (const seed of ['1', fresh]) {
    test(`[K10] [S9] [S11] a device goes at any commit: all is there once, and nothing is sealed twice, seed ${seed}`, async () => {
      const { commits } = await tell(seed, []);
      for (const fall of fallsFrom(seed, commits, 12)) {
        const told = await tell(seed, [fall]).catch((error: unknown) => ({ wrong: [String(error)] }));
        expect([fall, ...told.wrong]).toEqual([fall]);
      }
    });
  }
});

describe('a conversation of two', { timeout: 120_000 }, () => {
  test('one of them goes at any commit, then both: all is there once, marks stay, and nothing is sealed twice', async () => {
    const { commits, wrong, left } = await tellOfTwo(fresh, []);
    expect(wrong).toEqual([]);
    expect(left).toBeGreaterThan(20);
    const falls = fallsFrom(`of two ${fresh}`, commits, 16);
    for (let at = 0; at < falls.length; at += 2) {
      for (const some of [falls.slice(at, at + 1), falls.slice(at + 1, at + 2), falls.slice(at, at + 2)]) {
        const told = await tellOfTwo(fresh, some).catch((error: unknown) => ({ wrong: [String(error)] }));
        expect([some, ...told.wrong]).toEqual([some]);
      }
    }
  });
});
