/** S3: a page stays while somebody comes and goes 200 times: what is left of them in it. */
import type { CDPSession, Page } from 'playwright-core';
import { openReady } from '../bench/contender.ts';
import type { BenchHandle } from '../bench/handle.ts';
import { row } from '../bench/rows.ts';
import type { Row } from '../bench/rows.ts';
import { isAbsent } from '../bench/world.ts';
import type { Bench } from '../bench/world.ts';

const count = 200;
/** Caches fill, code is compiled: by then what still grows is what stays for ever. */
const warmUp = 100;
const patienceMs = 30_000;
const most = 1.1;

export const cycles: Bench = {
  ids: ['S3a', 'S3b', 'S3c'],
  async *run(world): AsyncGenerator<Row> {
    const times = world.askedReps ?? count;
    const wavu = await world.wavu();
    if (isAbsent(wavu)) return world.say(`S3: ${wavu.absent}`);
    const [home, away] = [await world.browser.newContext(), await world.browser.newContext()];
    try {
      await home.addInitScript(countConnected);
      const page = await openReady(home, wavu.homeUrl);
      const invite = await page.evaluate(() => bench().invite());
      const devtools = await home.newCDPSession(page);
      await devtools.send('Performance.enable');
      const guest = await openReady(away, invite);
      let said = 0;
      const come = async (): Promise<void> => {
        const url = new URL(invite);
        url.searchParams.set('say', `Word ${(said += 1)}`);
        const heard = page.evaluate((text) => bench().firstReceivedAtMs(text), `Word ${said}`);
        await guest.goto(url.href, { waitUntil: 'commit' });
        await heard;
        await untilDirect(page);
        await guest.goto('about:blank');
        await untilAlone(devtools);
      };
      for (let at = 0; at < warmUp; at += 1) await come();
      const before = await left(devtools);
      for (let at = 1; at <= times; at += 1) {
        await come();
        if (at % 25 === 0) world.say(`${at} of ${times}: ${JSON.stringify(await left(devtools))}`);
      }
      const after = await left(devtools);
      for (const [name, noun, unit] of kinds) {
        yield row({
          name,
          value: after[noun],
          unit,
          baseline: before[noun],
          limit: { of: 'ratio', atMost: most },
          counted: `in the page that stays, garbage collected, after ${times} times that somebody came, spoke, was linked page to page and left; before: after ${warmUp} such times. Their ${times} messages stay, as they should`,
          samples: times,
        });
      }
    } finally {
      await home.close();
      await away.close();
    }
  },
};

const kinds = [
  ['S3a event listeners', 'listeners', 'listeners'],
  ['S3b peer connections', 'connections', 'connections'],
  ['S3c heap', 'heapKB', 'kB'],
] as const;

interface Left {
  readonly listeners: number;
  readonly connections: number;
  readonly heapKB: number;
}

async function left(devtools: CDPSession): Promise<Left> {
  await devtools.send('HeapProfiler.collectGarbage');
  const { metrics } = await devtools.send('Performance.getMetrics');
  const of = (name: string): number => metrics.find((each) => each.name === name)?.value ?? Number.NaN;
  return { listeners: of('JSEventListeners'), connections: of('RTCPeerConnections'), heapKB: of('JSHeapUsedSize') / 1_024 };
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const endMs = performance.now() + patienceMs; !(await isSo());) {
    if (performance.now() > endMs) throw new Error(`waited in vain for ${what}`);
  }
}

const untilDirect = (page: Page): Promise<void> => until('a direct link', () => page.evaluate(() => connectedNow() > 0));

/** The connection of who left is collected with its last mention. */
const untilAlone = (devtools: CDPSession): Promise<void> =>
  until('nobody to be linked', async () => (await left(devtools)).connections <= 1);

// Only ever named inside functions that run in the page.
declare function bench(): BenchHandle;
declare function connectedNow(): number;

/** Runs in the page before anything of it does. */
function countConnected(): void {
  const Plain = RTCPeerConnection;
  let connected = 0;
  globalThis.RTCPeerConnection = class extends Plain {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      let was = false;
      this.addEventListener('connectionstatechange', () => {
        const is = this.connectionState === 'connected';
        if (is !== was) connected += is ? 1 : -1;
        was = is;
      });
    }
  };
  Object.assign(globalThis, { connectedNow: () => connected });
}
