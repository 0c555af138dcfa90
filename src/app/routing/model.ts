/** The model that may score links: brought once there is a link to score, unless a person said no. That word is kept. */
import type { Core } from '../core.ts';
import type { Predictor } from '../../ports/predictor.ts';
import { keyOf } from '../records.ts';
import type { Routing } from './routing.ts';

export interface Model {
  /** What was said before this start. */
  load(): Promise<void>;
  /** There is a link to score. */
  wanted(): void;
  allow(isAllowed: boolean): Promise<void>;
  close(): void;
}

/** Null: not on this device, or not now. It takes its time. */
export type LoadPredictor = () => Promise<Predictor | null>;

export function createModel(core: Core, routing: Routing, loadPredictor: LoadPredictor | undefined): Model {
  let loading: Promise<Predictor | null> | null = null;
  let isWanted = false;
  let isAllowed = false;

  const bring = (): void => {
    if (!isWanted || !isAllowed || loading !== null || loadPredictor === undefined) return;
    const asked = (loading = loadPredictor().catch(() => null));
    void asked.then((predictor) => {
      core.log('model', { state: predictor === null ? 'not-loaded' : 'loaded' });
      if (loading === asked) routing.use(predictor);
      else predictor?.close();
    });
  };

  const letGo = (): void => {
    isAllowed = false;
    const held = loading;
    loading = null;
    routing.use(null);
    void held?.then((predictor) => predictor?.close());
  };

  const show = (): void => core.store.change({ modelMayScore: isAllowed });

  return {
    load: async () => {
      isAllowed = (await core.storage.get(keyOf.noModel)) === null;
      show();
      bring();
    },
    wanted: () => {
      isWanted = true;
      bring();
    },
    allow: (allow) =>
      core.lane.run(async () => {
        const kept = await core.commit(
          [allow ? { op: 'delete', key: keyOf.noModel } : { op: 'put', key: keyOf.noModel, value: said }],
          'strict',
        );
        if (!kept || allow === isAllowed) return;
        if (!allow) letGo();
        isAllowed = allow;
        show();
        bring();
      }),
    close: letGo,
  };
}

const said = Uint8Array.of(1);
