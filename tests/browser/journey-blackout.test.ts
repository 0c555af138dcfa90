/**
 * Proves that the relay is needed for hello alone: it is killed for good, and five people go on talking; two whose link
 * breaks have another, one reloads, is back through a single pairing, and is linked to all of them anew, by their introductions.
 */
import { test } from 'vitest';
import { liveThroughBlackout } from './blackout.ts';
import { createStage } from './stage.ts';

const stage = createStage();

test('the relay is killed for good: chat goes on, a broken link is made anew, and who reloads comes back to all through one pairing', async () => {
  await liveThroughBlackout(stage.chromium, stage.relay);
});
