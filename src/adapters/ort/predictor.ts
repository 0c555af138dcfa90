/** The predictor port on a thread with onnxruntime-web in it. Its graph is held against the card's hash before it goes there. */
import type { EngineFiles, FromPredictorThread, Model, Prediction, Predictor, ToPredictorThread } from '../../ports/predictor.ts';

export interface PredictorParts {
  readonly model: Model;
  /** Of the graph, as its card has it: hexadecimal. */
  readonly sha256: string;
  readonly graph: Uint8Array<ArrayBuffer>;
  /** Null: beside the engine itself. */
  readonly engine: EngineFiles | null;
  start(): PredictorThread;
}

/** A worker, or whatever else serves the other end. */
export interface PredictorThread {
  post(word: ToPredictorThread): void;
  /** `onEnd`: it broke, and says nothing more. */
  listen(onWord: (word: FromPredictorThread) => void, onEnd: () => void): void;
  end(): void;
}

export type OpenedPredictor =
  | { readonly state: 'open'; readonly predictor: Predictor }
  | { readonly state: 'refused'; readonly why: 'wrong-hash' | 'not-loaded' | 'too-slow' };

export async function openPredictor({ model, sha256, graph, engine, start }: PredictorParts): Promise<OpenedPredictor> {
  const found = hex(new Uint8Array(await crypto.subtle.digest('SHA-256', graph)));
  if (found !== sha256) return { state: 'refused', why: 'wrong-hash' };
  const thread = start();
  const width = model.inputs.length;
  const { promise: loaded, resolve } = Promise.withResolvers<'loaded' | 'not-loaded' | 'too-slow'>();
  /** Until the thread has answered, in time or not: one that hangs is not given ever more. */
  const calls = new Map<number, Call>();
  const { watch } = createDeadlines(calls);
  let lastId = 0;
  let over: 'closed' | 'failed' | null = null;

  const answered = (id: number, scores: Float32Array | null): void => {
    const call = calls.get(id);
    calls.delete(id);
    if (scores?.length === call?.count && scores?.every(Number.isFinite) === true) call?.done?.({ state: 'scored', scores });
    else call?.done?.(refused('failed'));
  };
  const end = (why: 'closed' | 'failed'): void => {
    over ??= why;
    thread.end();
    for (const { done } of calls.values()) done?.(refused(over));
    calls.clear();
  };

  thread.listen(
    (word) => {
      switch (word.kind) {
        case 'loaded':
        case 'not-loaded':
          return resolve(word.kind);
        case 'scored':
          return answered(word.id, word.scores);
        case 'failed':
          return answered(word.id, null);
      }
    },
    () => {
      resolve('not-loaded');
      end('failed');
    },
  );
  thread.post({ kind: 'load', graph, width, engine });
  const late = setTimeout(() => resolve('too-slow'), mostLoadingMs);
  const outcome = await loaded;
  clearTimeout(late);
  if (outcome !== 'loaded') {
    end('failed');
    return { state: 'refused', why: outcome };
  }

  const score: Predictor['score'] = (rows, withinMs) => {
    const count = rows.length / width;
    if (over !== null) return Promise.resolve(refused(over));
    if (!Number.isInteger(count)) return Promise.resolve(refused('bad-rows'));
    if (count === 0) return Promise.resolve({ state: 'scored', scores: new Float32Array(0) });
    if (calls.size >= mostCalls || count > mostRows) return Promise.resolve(refused('full'));
    lastId += 1;
    const id = lastId;
    return new Promise((done) => {
      const lateAtMs = performance.now() + withinMs;
      calls.set(id, { count, lateAtMs, done });
      watch(lateAtMs);
      thread.post({ kind: 'score', id, rows });
    });
  };
  return { state: 'open', predictor: { model, score, close: () => end('closed') } };
}

interface Call {
  readonly count: number;
  readonly lateAtMs: number;
  /** Null: whoever asked was told that it is late. */
  done: ((answer: Prediction) => void) | null;
}

/** One timer for all: a timer a call costs as much as the hop. */
function createDeadlines(calls: ReadonlyMap<number, Call>): { watch(atMs: number): void } {
  let next: { readonly atMs: number; readonly timer: ReturnType<typeof setTimeout> } | null = null;

  const look = (): void => {
    next = null;
    const nowMs = performance.now();
    for (const call of calls.values()) {
      if (call.done === null) continue;
      if (call.lateAtMs > nowMs) watch(call.lateAtMs);
      else {
        call.done(refused('late'));
        call.done = null;
      }
    }
  };
  const watch = (atMs: number): void => {
    if (next !== null && next.atMs <= atMs) return;
    if (next !== null) clearTimeout(next.timer);
    next = { atMs, timer: setTimeout(look, atMs - performance.now()) };
  };
  return { watch };
}

const refused = (why: Extract<Prediction, { state: 'refused' }>['why']): Prediction => ({ state: 'refused', why });

const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** A phone takes seconds to read and compile the engine. */
const mostLoadingMs = 60_000;
const mostCalls = 8;
const mostRows = 4_096;
