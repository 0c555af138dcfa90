/** The page's adapter and its thread's code with the real engine, in one process: the two ends of a message channel. */
import { openPredictor } from '../../src/adapters/ort/predictor.ts';
import type { OpenedPredictor, PredictorThread } from '../../src/adapters/ort/predictor.ts';
import type { FromPredictorThread } from '../../src/ports/predictor.ts';
import { servePredictor } from '../../src/workers/predictor-thread.ts';
import type { ModelFiles } from './model-files.ts';

export function openEngine(
  { card, graph }: Pick<ModelFiles, 'card' | 'graph'>,
  start: () => PredictorThread = startThread,
): Promise<OpenedPredictor> {
  const model = { name: card.name, inputs: card.inputs.map(({ name }) => name) };
  return openPredictor({ model, sha256: card.sha256, graph, engine: null, start });
}

export function startThread(): PredictorThread {
  const { port1, port2 } = new MessageChannel();
  servePredictor(port2);
  port2.start();
  return {
    post: (word) => port1.postMessage(word),
    listen: (onWord) => {
      port1.addEventListener('message', ({ data }: { readonly data: unknown }) => onWord(data as FromPredictorThread));
      port1.start();
    },
    end: () => port1.close(),
  };
}

/** What it answers comes so much later. */
export function startSlowThread(byMs: number): PredictorThread {
  const thread = startThread();
  return {
    ...thread,
    listen: (onWord, onEnd) =>
      thread.listen((word) => {
        if (word.kind === 'scored') setTimeout(() => onWord(word), byMs);
        else onWord(word);
      }, onEnd),
  };
}
