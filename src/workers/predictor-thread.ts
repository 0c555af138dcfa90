/** Loads a model into onnxruntime-web and scores rows with it, as the page asks. One thread, and no thread of its own below. */
import { env, InferenceSession, Tensor } from 'onnxruntime-web/wasm';
import type { FromPredictorThread, ToPredictorThread } from '../ports/predictor.ts';

/** A worker's own scope, or one end of a message channel. */
export interface Line {
  postMessage(word: FromPredictorThread): void;
  addEventListener(kind: 'message', take: (event: { readonly data: unknown }) => void): void;
}

export function servePredictor(line: Line): void {
  let session: InferenceSession | null = null;
  let width = 0;

  const load = async ({ graph, engine, ...asked }: Extract<ToPredictorThread, { kind: 'load' }>): Promise<void> => {
    env.wasm.numThreads = 1;
    if (engine !== null) env.wasm.wasmPaths = engine;
    try {
      session = await InferenceSession.create(graph, { executionProviders: ['wasm'], graphOptimizationLevel: 'all' });
      width = asked.width;
      line.postMessage({ kind: 'loaded' });
    } catch (error) {
      line.postMessage({ kind: 'not-loaded', why: error instanceof Error ? error.message : 'unknown' });
    }
  };

  const score = async ({ id, rows }: Extract<ToPredictorThread, { kind: 'score' }>): Promise<void> => {
    try {
      const [input, output] = [session?.inputNames[0] ?? '', session?.outputNames[0] ?? ''];
      const made = await session?.run({ [input]: new Tensor('float32', rows, [rows.length / width, width]) });
      const scores = made?.[output]?.data;
      if (scores instanceof Float32Array) line.postMessage({ kind: 'scored', id, scores });
      else line.postMessage({ kind: 'failed', id });
    } catch {
      line.postMessage({ kind: 'failed', id });
    }
  };

  line.addEventListener('message', ({ data }) => {
    const word = data as ToPredictorThread;
    void (word.kind === 'load' ? load(word) : score(word));
  });
}
