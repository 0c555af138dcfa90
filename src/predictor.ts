/** Brings a model and its engine up in a thread of their own, once the page has time: a chunk of its own. */
import { openPredictor as openOrt } from './adapters/ort/predictor.ts';
import type { PredictorThread } from './adapters/ort/predictor.ts';
import { createLog } from './adapters/web/log.ts';
import { ownScriptUrl } from './adapters/web/script-urls.ts';
import { spareHere, whenSpare } from './adapters/web/spare.ts';
import card from '../models/meshlink/card.json';
import graphUrl from '../models/meshlink/model.onnx?url';
import mjsUrl from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
// The build makes it one: its address.
// oxlint-disable-next-line import/default
import workerUrl from './workers/predictor.worker.ts?worker&url';
import type { FromPredictorThread, Predictor } from './ports/predictor.ts';

export async function openPredictor(): Promise<Predictor | null> {
  const log = createLog();
  const spare = spareHere();
  if (spare !== 'yes') return refuse(spare);
  await whenSpare();
  const answer = await fetch(graphUrl);
  if (!answer.ok) return refuse('no-graph');
  const opened = await openOrt({
    model: { name: card.name, inputs: card.inputs.map(({ name }) => name) },
    sha256: card.sha256,
    graph: new Uint8Array(await answer.arrayBuffer()),
    engine: { mjs: absolute(mjsUrl), wasm: absolute(wasmUrl) },
    start: startWorker,
  });
  if (opened.state === 'refused') return refuse(opened.why);
  // From now on its files are there offline too (workers/later.ts).
  navigator.serviceWorker?.controller?.postMessage('keep-later');
  return opened.predictor;

  function refuse(why: string): null {
    log('model-refused', { why });
    return null;
  }
}

function startWorker(): PredictorThread {
  const worker = new Worker(ownScriptUrl(workerUrl), { type: 'module', name: 'predictor' });
  return {
    post: (word) => worker.postMessage(word),
    listen: (onWord, onEnd) => {
      worker.addEventListener('message', ({ data }: MessageEvent<FromPredictorThread>) => onWord(data));
      worker.addEventListener('error', onEnd);
    },
    end: () => worker.terminate(),
  };
}

const absolute = (url: string): string => new URL(url, location.href).href;
