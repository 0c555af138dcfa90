/** What sending and receiving share: what is shown, what waits, and what others have. */
import type { Timelines } from '../rooms/timeline.ts';
import type { Outbox } from './outbox.ts';
import type { Receipts } from './receipts.ts';

export interface Desk {
  readonly timelines: Timelines;
  readonly outbox: Outbox;
  readonly receipts: Receipts;
}
