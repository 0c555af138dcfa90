/** Devices that nobody looks at for a while: one in five closes the lid, one in ten has its tab frozen. */
import type { Happening } from '../room-run.ts';
import type { PlanStage } from './plan.ts';

export const napsOf = ({ crowd, talkMs, luck, say }: PlanStage): readonly Happening[] =>
  crowd.devices.flatMap((device) => {
    const atMs = luck.below(talkMs * 0.6);
    const endMs = atMs + 5_000 + luck.below(talkMs * 0.3);
    const drawn = luck.below(10);
    if (drawn > 2) return [];
    const how = drawn < 2 ? 'closed' : 'frozen';
    return [
      { atMs, run: () => (say(`${device.name} naps: ${how}`), device.nap(how)) },
      { atMs: endMs, run: () => device.wakeUp() },
    ];
  });
