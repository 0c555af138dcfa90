/** Two thousand phones on the move in a narrow, lossy, crowded network: their addresses change as they walk, and pages come and go. */
import { natFrom, natMixes } from '../../../src/adapters/memory/nat.ts';
import type { Random } from '../../../src/adapters/memory/random.ts';
import { draw, viewerStaysS } from '../quantiles.ts';
import type { Happening } from '../room-run.ts';
import type { Plan, PlanStage } from './plan.ts';

/** Steps from one cell to the next. */
const stayInCellMs = 45_000;
/** One in four goes through a friend's phone: so many at one hotspot. */
const atHotspot = 10;

export const march: Plan = {
  name: 'march',
  full: { nodes: 2_000, talkMs: 60_000 },
  small: { nodes: 24, talkMs: 30_000 },
  roomSize: 8,
  messagesPerNodeMinute: 1,
  relays: 1,
  heals: 'all',
  path: { delayMs: 60, jitterMs: 60, loss: 0.03 },
  settle: (names, luck) => {
    const lines = new Map(
      names.map((name, at) => [
        name,
        {
          // A full cell: 2 Mbit/s down, 0.5 up.
          downBytesPerMs: 250,
          upBytesPerMs: 62,
          nat: natFrom(natMixes.phones, luck.share()),
          site: luck.chance(0.25) ? `hotspot ${Math.floor(at / atHotspot)}` : null,
        },
      ]),
    );
    return { nodeOf: (name) => ({ line: lines.get(name) ?? {} }) };
  },
  happenings: (stage) => {
    const { crowd, talkMs, luck } = stage;
    return [
      ...crowd.devices.flatMap((device) => {
        const own = luck.fork(device.name);
        return [...walkOf(device, talkMs, own), ...staysOf(device, talkMs, own)];
      }),
      { atMs: talkMs, run: () => crowd.devices.forEach((device) => device.comeBack()) },
    ];
  },
};

type Device = PlanStage['crowd']['devices'][number];

const walkOf = ({ page }: Device, talkMs: number, luck: Random): readonly Happening[] => {
  const steps: Happening[] = [];
  for (let atMs = luck.below(stayInCellMs); atMs < talkMs; atMs += stayInCellMs * (0.5 + luck.share())) {
    steps.push({
      atMs,
      run: () => {
        page.node.move({ site: null });
        // As the browser tells of another network.
        page.running()?.app.wake(true);
      },
    });
  }
  return steps;
};

/** The page is up for a stay, and away for a shorter while. */
const staysOf = (device: Device, talkMs: number, luck: Random): readonly Happening[] => {
  const turns: Happening[] = [];
  // It was here before the talk, for some part of its stay.
  let atMs = 1_000 * draw(viewerStaysS, luck) * luck.share();
  while (atMs < talkMs) {
    turns.push({ atMs, run: () => device.crash('killed') });
    atMs += 3_000 + luck.below(20_000);
    if (atMs < talkMs) turns.push({ atMs, run: () => device.comeBack() });
    atMs += 1_000 * draw(viewerStaysS, luck);
  }
  return turns;
};
