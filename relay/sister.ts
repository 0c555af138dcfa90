/** What a relay knows of a sister, and how much of it one may cost: all its pages together as much as pages of ours. */
import type { PeerId, Topic } from '../src/protocol/ids.ts';
import { limits } from '../src/protocol/limits.ts';
import { createAllowance } from '../src/protocol/meeting/allowance.ts';
import type { Allowance } from '../src/protocol/meeting/allowance.ts';
import { createPageShare } from '../src/protocol/meeting/share.ts';
import type { PageShare } from '../src/protocol/meeting/share.ts';
import type { SisterFrame } from '../src/protocol/meeting/sister.ts';

export interface Sister {
  readonly line: SisterLine;
  /** What it may say. */
  readonly share: PageShare;
  /** What we hand it for its pages: less than it takes, for it hears the rest of what we say as well. */
  readonly passes: Allowance;
  readonly bytes: Allowance;
  /** Of our pages, said to it for what it takes up. */
  readonly names: Allowance;
  /** What pages of its own keep, by its word. */
  readonly keeps: Set<Topic>;
  readonly pages: Map<PeerId, Set<Topic>>;
  /** What they keep, all together. */
  kept: number;
  isGone: boolean;
}

export interface SisterLine {
  say(frame: SisterFrame): void;
  /** False: not now. */
  offer(frame: SisterFrame): boolean;
  /** Its good will is used up. */
  drop(): void;
}

export const createSister = (line: SisterLine, ticksMs: () => number): Sister => ({
  line,
  share: createPageShare(share, ticksMs),
  passes: createAllowance(1_500, 60_000, ticksMs),
  bytes: createAllowance(3_000_000, 12_000_000, ticksMs),
  names: createAllowance(4_000, 262_144, ticksMs),
  keeps: new Set(),
  pages: new Map(),
  kept: 0,
  isGone: false,
});

/** As many as a relay has pages; topics as they come when all those come back at once. */
const share = { bytes: [4_000_000, 16_000_000], frames: [2_000, 80_000], topics: [4_000, 140_000] } as const;
export const mostPages = 5_120;
export const mostTopics = 65_536;
/** What all its pages keep that is kept here too. */
export const mostKept = 131_072;
/** Twice a whole room: whoever comes is compared with all who are there. */
export const mostOfTopic: number = 2 * limits.devicesPerRoom;
