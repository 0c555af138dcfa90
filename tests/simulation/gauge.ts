/** What a run costs this machine: its clock, and its heap once the garbage is gone. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Gauge } from './crowd-run.ts';

export const createGauge = (): Gauge => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  return {
    nowMs: () => performance.now(),
    cpuMs: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1_000;
    },
    heapBytes: () => {
      collect();
      return process.memoryUsage().heapUsed;
    },
  };
};
