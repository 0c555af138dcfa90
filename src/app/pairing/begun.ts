/** A pairing under way leaves a note on the disk, so that a start after a crash or a reload can say that it ended. */
import type { Core } from '../core.ts';
import { decodeJson, encodeJson, keyOf } from '../records.ts';

export const noteBegun = (core: Core): void =>
  void core.lane.run(() =>
    core.commit([{ op: 'put', key: keyOf.pairing, value: encodeJson({ atMs: core.clock.nowMs() }) }], 'relaxed'),
  );

export const noteOver = (core: Core): void =>
  void core.lane.run(() => core.commit([{ op: 'delete', key: keyOf.pairing }], 'relaxed'));

/** At a start. The codes of then are worth nothing: their keys were in the page that is gone. */
export async function tellBroken(core: Core): Promise<void> {
  const note = await core.storage.get(keyOf.pairing);
  if (note === null) return;
  noteOver(core);
  const { atMs } = decodeJson(note.value, { atMs: 'number' }) ?? { atMs: 0 };
  const isFresh = Math.abs(core.clock.nowMs() - atMs) < codeLivesMs;
  // Somebody may have begun anew meanwhile.
  if (isFresh && core.store.view().pairing === null) core.store.change({ pairing: { stage: 'failed', why: 'interrupted' } });
}

/** Carrying a code by hand takes minutes; longer than this nobody stands there. */
export const codeLivesMs = 600_000;
