/** What we ask of a model: numbers for rows of numbers, soon or not at all. */

export interface Predictor {
  readonly model: Model;
  /** One score a row, in their order. `rows` lie one after another, each as wide as the model's inputs, and stay as they are. */
  score(rows: Float32Array, withinMs: number): Promise<Prediction>;
  close(): void;
}

export interface Model {
  readonly name: string;
  /** What each number of a row is, in their order. */
  readonly inputs: readonly string[];
}

/**
 * `late`: not within the time; whoever asked goes on without. `full`: too much is under way, or it is too long. `bad-rows`: no
 * whole rows. `failed`: the model gave no numbers.
 */
export type Prediction =
  | { readonly state: 'scored'; readonly scores: Float32Array }
  | { readonly state: 'refused'; readonly why: 'late' | 'full' | 'bad-rows' | 'failed' | 'closed' };

/** What is said to the thread a model runs in: the model first. */
export type ToPredictorThread =
  | { readonly kind: 'load'; readonly graph: Uint8Array; readonly width: number; readonly engine: EngineFiles | null }
  | { readonly kind: 'score'; readonly id: number; readonly rows: Float32Array };

/** Where the engine's own files lie; null: beside it. */
export interface EngineFiles {
  readonly mjs: string;
  readonly wasm: string;
}

export type FromPredictorThread =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'not-loaded'; readonly why: string }
  | { readonly kind: 'scored'; readonly id: number; readonly scores: Float32Array }
  | { readonly kind: 'failed'; readonly id: number };
