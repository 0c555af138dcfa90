/** B8: what 64 peers at once cost a page and the browser it is in, and whether 128 get in. */
import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { openReady, pause } from './contender.ts';
import type { BenchHandle } from './handle.ts';
import { median, row } from './rows.ts';
import type { Row } from './rows.ts';
import { takeTurns } from './world.ts';
import type { Bench, Turn } from './world.ts';

const PEERS = 64;
const MANY = 128;
const SETTLE_MS = 1_500;

type Cost = { readonly cpuMs: number; readonly memoryKB: number };

export const crowd: Bench = {
  ids: ['B8a', 'B8b', 'B8c'],
  async *run(world): AsyncGenerator<Row> {
    const { rawUrl, networkUrl } = await world.baselines();
    const turn = (side: string, url: string): Turn<Cost> => ({ side, measure: () => costOf(world.browser, url) });
    const samplesOf = await takeTurns([turn('raw', rawUrl), turn('network', networkUrl)], world.reps, world.say);
    const [ours, rival] = [samplesOf('network'), samplesOf('raw')];
    const samples = { samples: ours.values.length, failed: ours.failed };
    const baselineSamples = { baselineSamples: rival.values.length, baselineFailed: rival.failed };
    yield row({
      name: `B8a CPU of ${PEERS} peers in one page vs raw`,
      value: median(ours.values.map(({ cpuMs }) => cpuMs)),
      unit: 'ms',
      baseline: median(rival.values.map(({ cpuMs }) => cpuMs)),
      limit: { of: 'ratio', atMost: 4 },
      counted: `processor time of all of the browser's processes, both ends, from ${PEERS} dials at once until all are open and ${SETTLE_MS} ms on; our network port without the app, its peers' names made before`,
      ...samples,
      ...baselineSamples,
    });
    yield row({
      name: `B8b memory of ${PEERS} peers in one page vs raw`,
      value: median(ours.values.map(({ memoryKB }) => memoryKB)),
      unit: 'kB',
      baseline: median(rival.values.map(({ memoryKB }) => memoryKB)),
      limit: { of: 'ratio', atMost: 2 },
      counted: `private memory that all of the browser's processes have gained, both ends, garbage collected, since before the dials of B8a`,
      ...samples,
      ...baselineSamples,
    });
    yield row({
      name: `B8c refused dials at ${MANY}`,
      value: await refusedOf(world.browser, networkUrl),
      unit: `of ${MANY} dials`,
      baseline: await refusedOf(world.browser, rawUrl),
      limit: { of: 'value', atMost: 0 },
      counted: `${MANY} peers dial one page at once; refused, or not open within 15 s`,
      samples: MANY,
    });
  },
};

async function costOf(browser: Browser, url: string): Promise<Cost> {
  return withCrowd(browser, url, PEERS, async (pages, dial) => {
    const memoryBeforeKB = await privateKB(browser, pages);
    const before = await processorSeconds(browser);
    const failed = await dial();
    if (failed > 0) throw new Error(`${failed} of ${PEERS} dials failed`);
    await pause(SETTLE_MS);
    const cpuMs = ((await processorSeconds(browser)) - before) * 1_000;
    return { cpuMs, memoryKB: (await privateKB(browser, pages)) - memoryBeforeKB };
  });
}

const refusedOf = (browser: Browser, url: string): Promise<number> =>
  withCrowd(browser, url, MANY, async (_pages, dial) => dial());

type Dial = () => Promise<number>;

/** A page, and another that dials it so many times at once. */
async function withCrowd<Found>(
  browser: Browser,
  url: string,
  count: number,
  measure: (pages: readonly Page[], dial: Dial) => Promise<Found>,
): Promise<Found> {
  const contexts = await Promise.all([browser.newContext(), browser.newContext()]);
  try {
    const subject = await openReady(contexts[0], url);
    const peers = await openReady(contexts[1], `${url}?crowd=${count}`);
    const peer = await subject.evaluate(() => bench().me());
    await pause(SETTLE_MS);
    return await measure([subject, peers], () =>
      peers.evaluate(
        async ([to, dials]) => {
          const done = await Promise.allSettled(Array.from({ length: dials }, () => bench().dial(to)));
          return done.filter(({ status }) => status === 'rejected').length;
        },
        [peer, count] as const,
      ),
    );
  } finally {
    await Promise.all(contexts.map((context) => context.close()));
  }
}

// Only ever named inside functions that run in the page.
declare function bench(): BenchHandle;

async function processes(browser: Browser): Promise<readonly { readonly id: number; readonly cpuTime: number }[]> {
  const devtools = await browser.newBrowserCDPSession();
  const { processInfo } = await devtools.send('SystemInfo.getProcessInfo');
  await devtools.detach();
  return processInfo;
}

const processorSeconds = async (browser: Browser): Promise<number> =>
  (await processes(browser)).reduce((sum, { cpuTime }) => sum + cpuTime, 0);

/** What belongs to these processes alone, as Linux counts it. */
async function privateKB(browser: Browser, pages: readonly Page[]): Promise<number> {
  for (const page of pages) await page.requestGC();
  const kB = (await processes(browser)).map(({ id }) =>
    [...readFileSync(`/proc/${id}/smaps_rollup`, 'utf8').matchAll(/^Private_\w+:\s+(\d+) kB$/gm)].reduce(
      (sum, [, each]) => sum + Number(each),
      0,
    ),
  );
  return kB.reduce((sum, each) => sum + each, 0);
}
