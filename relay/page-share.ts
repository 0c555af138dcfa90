/** What one page may ask of the relay: bytes, frames and topics per second, and good will. */
import type { MeetRefusal } from '../src/protocol/meet.ts';
import type { Clock } from '../src/ports/clock.ts';
import { createBucket } from './bucket.ts';
import type { Bucket } from './bucket.ts';

export interface PageShare {
  readonly bytes: Bucket;
  readonly frames: Bucket;
  readonly topics: Bucket;
  /** Good will: what is wrong costs of it, and nothing left closes the link. */
  readonly strikes: Bucket;
}

export const createPageShare = (clock: Clock): PageShare => ({
  bytes: createBucket(256_000, 1_000_000, clock.ticksMs),
  frames: createBucket(200, 400, clock.ticksMs),
  topics: createBucket(8, 256, clock.ticksMs),
  strikes: createBucket(4, 64, clock.ticksMs),
});

export const strikeCost: Readonly<Record<MeetRefusal, number>> = {
  malformed: 8,
  'unknown-version': 8,
  'too-big': 8,
  'too-many-topics': 4,
  'not-met': 1,
  'too-fast': 0.25,
  overloaded: 0,
};
