/** Whether this device can spare something for what is nice to have, and when. */

/** `saving`: its person asked pages to load little. `metered`: the line is counted or slow. `weak`: a small phone. */
export type Spare = 'yes' | 'saving' | 'metered' | 'weak';

/** What browsers tell of it, each another part; TypeScript's DOM knows none of it. */
interface Told {
  readonly connection?: { readonly saveData?: boolean; readonly type?: string; readonly effectiveType?: string };
  readonly deviceMemory?: number;
  readonly hardwareConcurrency?: number;
}

export function spareOf({ connection, deviceMemory, hardwareConcurrency }: Told, isHandheld: boolean): Spare {
  if (connection?.saveData === true) return 'saving';
  if (connection?.type === 'cellular' || /2g|3g/.test(connection?.effectiveType ?? '')) return 'metered';
  const isSmall = (deviceMemory ?? enoughGiB) < enoughGiB || (hardwareConcurrency ?? enoughCores) < enoughCores;
  return isHandheld && isSmall ? 'weak' : 'yes';
}

export const spareHere = (): Spare => spareOf(navigator, matchMedia('(pointer: coarse)').matches);

/** Once the page has been up for a while, is looked at, and does nothing more urgent. */
export async function whenSpare(): Promise<void> {
  await new Promise((done) => setTimeout(done, settledMs));
  while (document.visibilityState !== 'visible') {
    await new Promise((shown) => document.addEventListener('visibilitychange', shown, { once: true }));
  }
  // Safari has no idle callbacks.
  if ('requestIdleCallback' in window) await new Promise((idle) => requestIdleCallback(idle, { timeout: latestMs }));
}

const enoughGiB = 4;
const enoughCores = 4;
/** The first words, libp2p and the first links are over by then. */
const settledMs = 8_000;
const latestMs = 10_000;
