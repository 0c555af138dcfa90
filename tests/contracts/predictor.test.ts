/** The predictor contract on the memory twin, for a fixed seed and a fresh one, and on the real engine in Node. */
import { expect, test } from 'vitest';
import { createPredictor } from '../../src/adapters/memory/predictor.ts';
import { createWorld } from '../../src/adapters/memory/world.ts';
import type { OpenedPredictor } from '../../src/adapters/ort/predictor.ts';
import { partsOf, scoreOf } from '../../src/app/routing/rule.ts';
import type { Predictor } from '../../src/ports/predictor.ts';
import { createClock } from '../../src/adapters/web/clock.ts';
import { openEngine, startSlowThread } from '../models/engine.ts';
import { readModel } from '../models/model-files.ts';
import { predictorContract, slowMs } from './predictor.contract.ts';

const files = readModel('meshlink');

test.each(
  ['fixed', `fresh-${Math.floor(Math.random() * 1e9)}`].flatMap((seed) => {
    const world = createWorld({ seed });
    const { clock } = world.node('device').start();
    const twin = (takesMs: number): Predictor =>
      createPredictor(clock, { name: 'meshlink', inputs: ['rttMs', 'uptime', 'answered', 'carried'], scoreRow, takesMs });
    return predictorContract(`[predictor] memory, seed ${seed}:`, async () => ({
      predictor: twin(1),
      slow: twin(slowMs),
      clock,
    })).map((each) => ({ ...each, run: () => world.finish(each.run()) }));
  }),
)('$name', async ({ run }) => {
  await expect(run()).resolves.toBeUndefined();
});

test.each(
  predictorContract('[predictor] onnxruntime-web in Node:', async () => ({
    predictor: opened(await openEngine(files)),
    slow: opened(await openEngine(files, () => startSlowThread(slowMs))),
    clock: createClock(),
  })),
)('$name', async ({ run }) => {
  await expect(run()).resolves.toBeUndefined();
});

function scoreRow([rttMs = 0, uptime = 0, answered = 0, carried = 0]: Float32Array): number {
  return scoreOf(partsOf({ rttMs, uptime, answered, carried }));
}

function opened(answer: OpenedPredictor): Predictor {
  if (answer.state !== 'open') throw new Error(answer.why);
  return answer.predictor;
}
