/** What every predictor must do. The model is models/meshlink, whose golden file says what it answers. */
import type { Clock } from '../../src/ports/clock.ts';
import type { Prediction, Predictor } from '../../src/ports/predictor.ts';
import { inOneRow, readModel } from '../models/model-files.ts';
import { assert, assertSame, assertState, casesOf } from './contract.ts';
import type { Case } from './contract.ts';

export interface PredictorSubject {
  readonly predictor: Predictor;
  /** The same model, and every answer takes longer than `slowMs`. */
  readonly slow: Predictor;
  readonly clock: Clock;
}

export const slowMs = 60;
const plentyMs = 10_000;

export const predictorContract = (
  name: string,
  open: () => Promise<PredictorSubject>,
  dispose: (subject: PredictorSubject) => Promise<void> = async ({ predictor, slow }) => {
    predictor.close();
    slow.close();
  },
): readonly Case[] => casesOf<PredictorSubject>(name, open, dispose, cases);

const { golden } = readModel('meshlink');

const same = (prediction: Prediction, wanted: readonly number[]): void => {
  const { scores } = assertState(prediction, 'scored');
  assertSame(scores.length, wanted.length, 'scores');
  for (const [at, score] of scores.entries()) {
    assert(Math.abs(score - wanted[at]!) <= 1e-6, `row ${at}: ${score} is ${wanted[at]}`);
  }
};
const whyOf = (prediction: Prediction): string => (prediction.state === 'refused' ? prediction.why : prediction.state);

const cases: Readonly<Record<string, (subject: PredictorSubject) => Promise<void>>> = {
  'says which model it is': async ({ predictor }) => {
    assertSame(predictor.model, { name: 'meshlink', inputs: ['rttMs', 'uptime', 'answered', 'carried'] }, 'model');
  },

  'scores each row of a batch, in their order': async ({ predictor }) => {
    same(await predictor.score(inOneRow(golden.rows), plentyMs), golden.scores);
    same(await predictor.score(inOneRow(golden.rows.toReversed()), plentyMs), golden.scores.toReversed());
    same(await predictor.score(new Float32Array(0), plentyMs), []);
  },

  'keeps batches apart that are asked at once': async ({ predictor }) => {
    const asked = await Promise.all(golden.rows.slice(0, 5).map((row) => predictor.score(Float32Array.from(row), plentyMs)));
    for (const [at, prediction] of asked.entries()) same(prediction, [golden.scores[at]!]);
  },

  'leaves what it was given as it was': async ({ predictor }) => {
    const rows = inOneRow(golden.rows.slice(0, 3));
    const before = [...rows];
    await predictor.score(rows, plentyMs);
    assertSame([...rows], before, 'rows');
  },

  'reads a view of a larger buffer': async ({ predictor }) => {
    const rows = inOneRow(golden.rows.slice(0, 3)).subarray(4, 8);
    same(await predictor.score(rows, plentyMs), [golden.scores[1]!]);
  },

  'refuses what are no whole rows': async ({ predictor }) => {
    for (const length of [1, 3, 5])
      assertSame(whyOf(await predictor.score(new Float32Array(length), plentyMs)), 'bad-rows', `${length}`);
  },

  'refuses what gives no numbers': async ({ predictor }) => {
    const rows = inOneRow([golden.rows[0]!, [1, Number.NaN, 0, 0]]);
    assertSame(whyOf(await predictor.score(rows, plentyMs)), 'failed', 'NaN');
    same(await predictor.score(Float32Array.from(golden.rows[2]!), plentyMs), [golden.scores[2]!]);
  },

  'says that it is late once the time is over, and is of use afterwards': async ({ slow }) => {
    const row = Float32Array.from(golden.rows[3]!);
    assertSame(whyOf(await slow.score(row, slowMs / 4)), 'late', 'in a quarter of its time');
    same(await slow.score(row, plentyMs), [golden.scores[3]!]);
  },

  'takes no more than it can do, and more once that is done': async (subject) => {
    const { slow } = subject;
    const row = Float32Array.from(golden.rows[4]!);
    const answers = await Promise.all(Array.from({ length: 100 }, () => slow.score(row, slowMs / 4)));
    const [late, full] = ['late', 'full'].map((why) => answers.filter((answer) => whyOf(answer) === why).length);
    assert(late! >= 1 && late! <= 20 && late! + full! === 100, `${late} late, ${full} full`);
    // Those that came late are still being worked on.
    assertSame(whyOf(await slow.score(row, plentyMs)), 'full', 'at once');
    await whenDone(subject, row);
    same(await slow.score(row, plentyMs), [golden.scores[4]!]);
  },

  'refuses a batch that is far too long': async ({ predictor }) => {
    assertSame(whyOf(await predictor.score(new Float32Array(4 * 1_000_000), plentyMs)), 'full', 'a million rows');
  },

  'ends what is under way when it is closed, and whatever is asked later': async ({ slow }) => {
    const row = Float32Array.from(golden.rows[5]!);
    const underWay = slow.score(row, plentyMs);
    slow.close();
    assertSame(whyOf(await underWay), 'closed', 'under way');
    assertSame(whyOf(await slow.score(row, plentyMs)), 'closed', 'later');
    slow.close();
  },
};

/** Asks until it is not full any more. */
async function whenDone({ slow, clock }: PredictorSubject, row: Float32Array): Promise<void> {
  while (whyOf(await slow.score(row, plentyMs)) === 'full') await new Promise<void>((done) => void clock.after(slowMs / 4, done));
}
