/** What one page may ask of whoever introduces it: bytes, frames and topics per second, and good will. */
import type { MeetRefusal } from '../meet.ts';
import { createAllowance } from './allowance.ts';
import type { Allowance } from './allowance.ts';

export interface PageShare {
  readonly bytes: Allowance;
  readonly frames: Allowance;
  readonly topics: Allowance;
  /** Good will: what is wrong costs of it, and nothing left closes the link. */
  readonly strikes: Allowance;
}

/** Per second, and at once. */
export interface ShareRules {
  readonly bytes: readonly [number, number];
  readonly frames: readonly [number, number];
  readonly topics: readonly [number, number];
}

export const createPageShare = (rules: ShareRules, ticksMs: () => number): PageShare => ({
  bytes: createAllowance(...rules.bytes, ticksMs),
  frames: createAllowance(...rules.frames, ticksMs),
  topics: createAllowance(...rules.topics, ticksMs),
  strikes: createAllowance(4, 64, ticksMs),
});

export const strikeCost: Readonly<Record<MeetRefusal, number>> = {
  malformed: 8,
  'unknown-version': 8,
  'too-big': 8,
  'too-many-topics': 4,
  'not-met': 1,
  'too-fast': 0.25,
  overloaded: 0,
  'members-only': 1,
};
