/** Leaves records among liars, finds them again, and counts. */
import type { LookUp } from '../../src/dht/look-up.ts';
import { createDirectoryCrowd } from './directory-world.ts';

export interface DirectoryRun {
  readonly seed: string;
  readonly servers: number;
  readonly writers: number;
  readonly lookUps: number;
}

export interface DirectoryCount {
  /** Of all look-ups those that found the newest. */
  readonly found: number;
  /** How often a server was asked on a second path of one look-up. */
  readonly overlaps: number;
  /** Of all questions those that went to liars who answer. */
  readonly toLiars: number;
  readonly askedPerLookUp: number;
}

/** A tenth of what a server knows otherwise, as if there were so many more: with all of it one path would do. */
const perBucket = 6;

export async function runDirectory({ seed, servers, writers, lookUps }: DirectoryRun): Promise<DirectoryCount> {
  const crowd = createDirectoryCrowd(seed, servers, 0.3, perBucket);
  const { world } = crowd;
  await world.runFor(30_000);
  for (const sequence of [1, 2]) {
    for (let writer = 0; writer < writers; writer += 1) {
      await world.finish(new Promise((done) => crowd.anyone().leave(crowd.record(writer, sequence), done)));
    }
  }
  const before = crowd.lies();
  let [found, overlaps, asked] = [0, 0, 0];
  for (let at = 0; at < lookUps; at += 1) {
    const writer = at % writers;
    const result: LookUp | null = await world.finish(new Promise((done) => crowd.anyone().find(crowd.keyOf(writer), done)));
    if (result?.found?.sequence === 2) found += 1;
    const all = result?.asked.flat() ?? [];
    overlaps += all.length - new Set(all).size;
    asked += all.length;
  }
  return { found: found / lookUps, overlaps, toLiars: (crowd.lies() - before) / asked, askedPerLookUp: asked / lookUps };
}
