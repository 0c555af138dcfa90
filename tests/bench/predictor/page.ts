/** Scoring in a real page: by the product's adapter and its worker, by the rule, and a worker that does nothing. */
/// <reference types="vite/client" />
import { openPredictor } from '../../../src/adapters/ort/predictor.ts';
import { createLinkBook } from '../../../src/app/routing/link-book.ts';
import { createScores } from '../../../src/app/routing/scores.ts';
import { parsePeerId } from '../../../src/protocol/ids.ts';
import type { FromPredictorThread, Predictor } from '../../../src/ports/predictor.ts';
import card from '../../../models/meshlink/card.json' with { type: 'json' };
import graphUrl from '../../../models/meshlink/model.onnx?url';
import mjsUrl from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
// The build makes it one: its address.
// oxlint-disable-next-line import/default
import workerUrl from '../../../src/workers/predictor.worker.ts?worker&url';
import emptyUrl from './empty.worker.ts?worker&url';

export interface PredictorJobs {
  /** ms each: one after another. */
  model(candidates: number, times: number): Promise<readonly number[]>;
  empty(times: number): Promise<readonly number[]>;
  /** µs a decision, by the rule. */
  rule(candidates: number, times: number): number;
  /** ms from nothing to the first scores: of the model in a worker, and of the rule. */
  coldModel(): Promise<number>;
  coldRule(): number;
}

declare global {
  var predictorJobs: PredictorJobs | undefined;
}

let opened: Promise<Predictor> | null = null;
let echo: Worker | null = null;

globalThis.predictorJobs = {
  model: async (candidates, times) => {
    const predictor = await (opened ??= open());
    return repeat(times, async () => {
      const answer = await predictor.score(rowsOf(candidates), 1_000);
      if (answer.state !== 'scored') throw new Error(answer.why);
    });
  },
  empty: (times) => {
    const worker = (echo ??= new Worker(emptyUrl, { type: 'module' }));
    return repeat(times, () => {
      const answered = new Promise((done) => worker.addEventListener('message', done, { once: true }));
      worker.postMessage(null);
      return answered;
    });
  },
  rule: (candidates, times) => {
    let nowMs = 0;
    const book = createLinkBook(() => nowMs);
    const scores = createScores(
      () => nowMs,
      book,
      () => undefined,
    );
    const peers = peersOf(candidates);
    for (const peer of peers) book.opened(peer, 'direct');
    const startedAtMs = performance.now();
    for (let time = 0; time < times; time += 1) {
      // So that none is known from before.
      nowMs += 2_000;
      for (const peer of peers) scores.of(peer);
    }
    return ((performance.now() - startedAtMs) / times) * 1_000;
  },
  coldModel: async () => {
    const startedAtMs = performance.now();
    const predictor = await open();
    const answer = await predictor.score(rowsOf(8), 60_000);
    if (answer.state !== 'scored') throw new Error(answer.why);
    const tookMs = performance.now() - startedAtMs;
    predictor.close();
    return tookMs;
  },
  coldRule: () => {
    const startedAtMs = performance.now();
    const book = createLinkBook(() => performance.now());
    const scores = createScores(
      () => performance.now(),
      book,
      () => undefined,
    );
    for (const peer of peersOf(8)) {
      book.opened(peer, 'direct');
      scores.of(peer);
    }
    return performance.now() - startedAtMs;
  },
};

async function open(): Promise<Predictor> {
  const graph = new Uint8Array(await (await fetch(graphUrl)).arrayBuffer());
  const answer = await openPredictor({
    model: { name: card.name, inputs: card.inputs.map(({ name }) => name) },
    sha256: card.sha256,
    graph,
    engine: { mjs: new URL(mjsUrl, location.href).href, wasm: new URL(wasmUrl, location.href).href },
    start: () => {
      const worker = new Worker(workerUrl, { type: 'module' });
      return {
        post: (word) => worker.postMessage(word),
        listen: (onWord, onEnd) => {
          worker.addEventListener('message', ({ data }: MessageEvent<FromPredictorThread>) => onWord(data));
          worker.addEventListener('error', onEnd);
        },
        end: () => worker.terminate(),
      };
    },
  });
  if (answer.state !== 'open') throw new Error(answer.why);
  return answer.predictor;
}

async function repeat(times: number, run: () => Promise<unknown>): Promise<readonly number[]> {
  const took: number[] = [];
  for (let time = 0; time < times; time += 1) {
    const startedAtMs = performance.now();
    await run();
    took.push(performance.now() - startedAtMs);
  }
  return took;
}

const rowsOf = (candidates: number): Float32Array =>
  Float32Array.from({ length: candidates * card.inputs.length }, (_, at) => (at % card.inputs.length === 0 ? 10 * at : 0.5));

const peersOf = (count: number) =>
  Array.from({ length: count }, (_, at) => parsePeerId(`peer${at.toString().padStart(8, '0')}`)!);
