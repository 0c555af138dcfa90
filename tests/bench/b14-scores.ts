/** B14: what the page's own thread waits for a model's scores, and how soon there are scores at all. */
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { build, defaultClientConditions } from 'vite';
import { serveFolder } from '../browser/serve.ts';
import { median, percentile, row } from './rows.ts';
import type { Row } from './rows.ts';
import { takeTurns } from './world.ts';
import type { Bench } from './world.ts';

const WARM_UP = 300;
const TIMES = 500;
const CANDIDATES = 8;
const MANY = 64;

const pages = fileURLToPath(new URL('./predictor', import.meta.url));
const built = fileURLToPath(new URL('../../.cache/bench-predictor', import.meta.url));

export const scores: Bench = {
  ids: ['B14a', 'B14b'],
  async *run({ browser, reps, say }): AsyncGenerator<Row> {
    await buildPage();
    const site = await serveFolder(built);
    try {
      const url = `${site.origin}/index.html`;
      const page = await openPage(browser, url);
      yield* hops(page, reps, say);
      await page.context().close();
      yield* starts(browser, url, reps, say);
    } finally {
      await site.close();
    }
  },
};

async function* hops(page: Page, reps: number, say: (line: string) => void): AsyncGenerator<Row> {
  const model = (candidates: number, times: number): Promise<readonly number[]> =>
    page.evaluate(([count, runs]) => globalThis.predictorJobs!.model(count, runs), [candidates, times] as const);
  const empty = (times: number): Promise<readonly number[]> =>
    page.evaluate((runs) => globalThis.predictorJobs!.empty(runs), times);
  const rule = (): Promise<readonly number[]> =>
    page.evaluate(([count, runs]) => [globalThis.predictorJobs!.rule(count, runs) / 1_000], [CANDIDATES, TIMES] as const);
  await model(CANDIDATES, WARM_UP);
  await model(MANY, WARM_UP);
  await empty(WARM_UP);
  await rule();
  const samplesOf = await takeTurns(
    [
      { side: 'model', measure: () => model(CANDIDATES, TIMES) },
      { side: 'empty', measure: () => empty(TIMES) },
      { side: 'many', measure: () => model(MANY, TIMES) },
      { side: 'rule', measure: rule },
    ],
    reps,
    say,
  );
  const micros = (side: string, share: number): number | null => {
    const middle = percentile(samplesOf(side).values.flat(), share);
    return middle === null ? null : middle * 1_000;
  };
  const samples = reps * TIMES;
  yield row({
    name: `B14a scoring ${CANDIDATES} candidates vs an empty postMessage`,
    value: micros('model', 0.5),
    unit: 'µs',
    baseline: micros('empty', 0.5),
    limit: { of: 'ratio', atMost: 2 },
    counted:
      "round trip of the page's own thread, p50: the product's adapter, its worker, models/meshlink; one after another. The baseline is a worker that answers null with null",
    samples,
    baselineSamples: samples,
  });
  for (const [says, share, atMostMs] of [
    ['p50', 0.5, 0.5],
    ['p99', 0.99, 5],
  ] as const) {
    yield row({
      name: `B14a scoring ${MANY} candidates, ${says}`,
      value: micros('many', share),
      unit: 'µs',
      baseline: null,
      limit: { of: 'value', atMost: atMostMs * 1_000 },
      counted: 'the same with more rows (ROUTING.md)',
      samples,
    });
  }
  yield row({
    name: `B14a the rule on ${CANDIDATES} candidates`,
    value: micros('rule', 0.5),
    unit: 'µs',
    baseline: null,
    limit: { of: 'value', atMost: 20 },
    counted: "on the page's own thread, with reading each link's record; nothing known from before",
    samples,
  });
}

async function* starts(browser: Browser, url: string, reps: number, say: (line: string) => void): AsyncGenerator<Row> {
  const inFreshPage = (job: 'coldModel' | 'coldRule') => async (): Promise<number> => {
    const page = await openPage(browser, url);
    const tookMs = await page.evaluate((name) => globalThis.predictorJobs![name](), job);
    await page.context().close();
    return tookMs;
  };
  const samplesOf = await takeTurns(
    [
      { side: 'rule', measure: inFreshPage('coldRule') },
      { side: 'model', measure: inFreshPage('coldModel') },
    ],
    reps,
    say,
  );
  const [ours, engine] = [samplesOf('rule'), samplesOf('model')];
  yield row({
    name: 'B14b scores ready vs cold start of the engine',
    value: median(ours.values),
    unit: 'ms',
    baseline: median(engine.values),
    limit: { of: 'ratio', atMost: 0.1 },
    counted:
      'in a fresh page, from nothing to the scores of 8 links: by the rule, which is there until a model is. The baseline fetches and checks the graph, starts worker and engine, and scores, over loopback without a cache',
    samples: ours.values.length,
    failed: ours.failed,
    baselineSamples: engine.values.length,
    baselineFailed: engine.failed,
  });
}

async function openPage(browser: Browser, url: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(url, { waitUntil: 'load' });
  return page;
}

async function buildPage(): Promise<void> {
  await build({
    configFile: false,
    root: pages,
    logLevel: 'error',
    resolve: { conditions: ['onnxruntime-web-use-extern-wasm', ...defaultClientConditions] },
    worker: { format: 'es' },
    build: { outDir: built, emptyOutDir: true, target: 'es2024', modulePreload: false, assetsInlineLimit: 0 },
  });
}
