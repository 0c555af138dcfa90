/** A pairing under way leaves a note on the disk, so that a start after a crash or a reload can say that it ended. */
import type { Core } from '../core.ts';
import { decodeJson, encodeJson, keyOf } from '../records.ts';

export const noteBegun = (core: Core): void =>
  void core.lane.run(() =>
    core.commit([{ op: 'put', key: keyOf.pairing, value: encodeJson({ atMs: core.clock.nowMs() }) }], 'relaxed'),
  );

export const noteOver = (core: Core): void => void core.lane.run(() => core.commit([over], 'relaxed'));

/** At a start. The codes of then are worth nothing: what they lead to was in the page that is gone. */
export const tellBroken = (core: Core): Promise<void> =>
  core.lane.run(async () => {
    const note = await core.storage.get(keyOf.pairing);
    if (note === null || core.store.view().pairing !== null) return;
    await core.commit([over], 'relaxed');
    const begun = decodeJson(note.value, { atMs: 'number' });
    if (begun === null || Math.abs(core.clock.nowMs() - begun.atMs) > codeLivesMs) return;
    if (core.store.view().pairing === null) core.store.change({ pairing: { stage: 'failed', why: 'interrupted' } });
  });

/** Carrying a code by hand takes minutes; longer than this nobody stands there. */
export const codeLivesMs = 600_000;

const over = { op: 'delete', key: keyOf.pairing } as const;
