/** B5: how much processor time one delivered message costs the whole browser. */
import type { Browser } from 'playwright-core';
import { pause } from './contender.ts';
import type { Contender } from './contender.ts';
import type { EchoKind } from './handle.ts';
import { median, row } from './rows.ts';
import type { Row } from './rows.ts';
import { isAbsent, takeTurns } from './world.ts';
import type { Bench, Turn } from './world.ts';

const SIZE_BYTES = 256;
const WARM_UP_TRIPS = 500;
const TRIPS = 2000; // the kernel counts in steps of 10 ms, so a sample must be long
const SETTLE_MS = 500;

export const cpu: Bench = {
  ids: ['B5'],
  async *run(world): AsyncGenerator<Row> {
    const [{ raw }, wavu] = [await world.baselines(), await world.wavu()];
    const turn = (side: Contender, kind: EchoKind): Turn<number> => ({
      side: side.name,
      measure: () => microsPerMessage(world.browser, side, kind),
    });
    const turns = isAbsent(wavu) ? [turn(raw, 'plain')] : [turn(raw, 'plain'), turn(wavu, 'sealed')];
    const samplesOf = await takeTurns(turns, world.reps, world.say);
    const ours = samplesOf('wavu');
    const rival = samplesOf('raw');
    yield row({
      name: 'B5 CPU per delivered 1:1 message vs raw',
      value: median(ours.values),
      unit: 'µs',
      baseline: median(rival.values),
      limit: { of: 'ratio', atMost: 2 },
      counted: `processor time of all of the browser's processes (both pages, network, browser), over ${2 * TRIPS} messages of ${SIZE_BYTES} B that go back and forth`,
      samples: ours.values.length,
      failed: ours.failed,
      baselineSamples: rival.values.length,
      baselineFailed: rival.failed,
      ...(isAbsent(wavu) ? { why: wavu.absent } : {}),
    });
  },
};

/** Only this pair is open meanwhile, so that nobody else's idling is counted. */
async function microsPerMessage(browser: Browser, side: Contender, kind: EchoKind): Promise<number> {
  const pair = await side.openPair();
  try {
    await pair.dial();
    await pair.echo(WARM_UP_TRIPS, SIZE_BYTES, kind);
    await pause(SETTLE_MS);
    const before = await processorSeconds(browser);
    await pair.echo(TRIPS, SIZE_BYTES, kind);
    const after = await processorSeconds(browser);
    return ((after - before) * 1e6) / (2 * TRIPS);
  } finally {
    await pair.close();
  }
}

async function processorSeconds(browser: Browser): Promise<number> {
  const devtools = await browser.newBrowserCDPSession();
  const { processInfo } = await devtools.send('SystemInfo.getProcessInfo');
  await devtools.detach();
  return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}
