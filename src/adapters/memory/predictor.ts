/** The predictor port on a plain function: it computes at once, and answers after what the real thing would take. */
import type { Clock } from '../../ports/clock.ts';
import type { Model, Prediction, Predictor } from '../../ports/predictor.ts';

export interface MemoryModel extends Model {
  /** One number for one row. */
  scoreRow(row: Float32Array): number;
  /** Charged for each batch, in the time of the clock. */
  readonly takesMs: number;
}

export function createPredictor(clock: Clock, { name, inputs, scoreRow, takesMs }: MemoryModel): Predictor {
  const width = inputs.length;
  /** What to say to each who waits, once it ends. */
  const open = new Set<(answer: Prediction) => void>();
  let owed = 0;
  let isClosed = false;

  const score: Predictor['score'] = (rows, withinMs) => {
    const count = rows.length / width;
    if (isClosed) return Promise.resolve(refused('closed'));
    if (!Number.isInteger(count)) return Promise.resolve(refused('bad-rows'));
    if (count === 0) return Promise.resolve({ state: 'scored', scores: new Float32Array(0) });
    if (owed >= mostOwed || count > mostRows) return Promise.resolve(refused('full'));
    owed += 1;
    clock.after(takesMs, () => (owed -= 1));
    const scores = Float32Array.from({ length: count }, (_, at) => scoreRow(rows.subarray(at * width, (at + 1) * width)));
    const prediction: Prediction = scores.every(Number.isFinite) ? { state: 'scored', scores } : refused('failed');
    return new Promise((resolve) => {
      const done = (answer: Prediction): void => {
        open.delete(done);
        stop();
        resolve(answer);
      };
      open.add(done);
      const isLate = takesMs > withinMs;
      const stop = clock.after(isLate ? withinMs : takesMs, () => done(isLate ? refused('late') : prediction));
    });
  };

  return {
    model: { name, inputs },
    score,
    close: () => {
      isClosed = true;
      for (const done of open) done(refused('closed'));
    },
  };
}

const refused = (why: Extract<Prediction, { state: 'refused' }>['why']): Prediction => ({ state: 'refused', why });

const mostOwed = 8;
const mostRows = 4_096;
