/** How many copies a message costs that neighbours carry, and whether it arrives: as the app chooses, or by all three as MeshLink does. */
import { createRandom } from '../../../src/adapters/memory/random.ts';
import type { Link, Network } from '../../../src/ports/network.ts';
import { encodeFrame } from '../../../src/protocol/frame.ts';
import { encodeMeet } from '../../../src/protocol/meet.ts';
import { appOf, textsOf } from '../village.ts';
import { carried, watched } from './carried.ts';

export interface CopiesRun {
  readonly seed: string;
  /** Of what each of three neighbours is to carry, the share that it loses, either way. */
  readonly losses: readonly [number, number, number];
  readonly messages: number;
  readonly isTopThree: boolean;
}

export interface Copies {
  /** Handed to a neighbour, for each that arrived. */
  readonly perDelivered: number;
  /** Of all, the share that arrived within half a minute. */
  readonly delivered: number;
  /** Of those that arrived, all but one in twenty took no longer. */
  readonly p95Ms: number;
}

export async function countCopies({ seed, losses, messages, isTopThree }: CopiesRun): Promise<Copies> {
  const luck = createRandom(seed);
  const carriers = losses.map((_, at) => `Carrier ${at}`);
  let copies = 0;
  let haveMet = false;

  const counted = (network: Network): Network =>
    watched(network, 'pass', ({ to, bytes }, link) => {
      if (bytes.length < messageBytes) return true;
      const ways = isTopThree ? network.links().filter(({ end }) => end === 'peer') : [link];
      copies += ways.length;
      if (!isTopThree) return true;
      const frame = encodeFrame({ kind: 'meet', bytes: encodeMeet({ kind: 'pass', to, bytes }) });
      for (const way of oncePerMoment(ways, bytes)) way.send(frame);
      return false;
    });
  /** Where the app itself sends by several, each way still gets it once. */
  let last: { readonly bytes: string; readonly atMs: number } | null = null;
  const oncePerMoment = (ways: readonly Link[], bytes: Uint8Array): readonly Link[] => {
    const now = { bytes: bytes.join(), atMs: village.world.nowMs() };
    const isAgain = last?.bytes === now.bytes && last.atMs === now.atMs;
    last = now;
    if (isAgain) copies -= ways.length;
    return isAgain ? [] : ways;
  };
  const lossy = (network: Network, loss: number): Network => watched(network, 'passed', () => !haveMet || luck.share() >= loss);

  const village = await carried(seed, carriers, {
    page: (name) => {
      const loss = losses[carriers.indexOf(name)];
      if (loss !== undefined) return { network: (network) => lossy(network, loss) };
      return name === 'Asha' ? { network: counted } : {};
    },
  });
  const { world, asha, chipo, well } = village;
  haveMet = true;
  await world.runFor(60_000);
  const tookMs: number[] = [];
  copies = 0;
  for (let n = 0; n < messages; n += 1) {
    const text = `${n} ${'rain '.repeat(400)}`.trim();
    const sentMs = world.nowMs();
    await world.finish(appOf(asha).send(well, text));
    const hasArrived = await world.runUntil(() => textsOf(appOf(chipo), well).includes(text), 30_000);
    if (hasArrived) tookMs.push(world.nowMs() - sentMs);
    await world.runFor(5_000);
  }
  const p95Ms = tookMs.toSorted((one, other) => one - other)[Math.ceil(tookMs.length * 0.95) - 1] ?? 0;
  return { perDelivered: copies / tookMs.length, delivered: tookMs.length / messages, p95Ms };
}

/** Nothing else that is said here is as long. */
const messageBytes = 1_500;
