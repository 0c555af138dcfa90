/** `npm run bench`: measures Wavu and its baselines in one run, and prints one row per goal. */
import { firstMessage } from './b1-first-message.ts';
import { dial } from './b2-dial.ts';
import { failures } from './b3-failures.ts';
import { echo } from './b4-echo.ts';
import { cpu } from './b5-cpu.ts';
import { relayed } from './b7-relayed.ts';
import { crowd } from './b8-crowd.ts';
import { protocolCost } from './b11-protocol.ts';
import { scores } from './b14-scores.ts';
import { size } from './b15-size.ts';
import { text } from './b16-text.ts';
import { removal } from './b17-removal.ts';
import { copies } from './b18-copies.ts';
import { broadcast } from './b9-broadcast.ts';
import { idle } from './b19-idle.ts';
import { runBenches } from './run.ts';
import type { Bench } from './world.ts';

const BENCHES: readonly Bench[] = [
  firstMessage,
  dial,
  failures,
  echo,
  cpu,
  relayed,
  crowd,
  broadcast,
  protocolCost,
  scores,
  size,
  text,
  removal,
  copies,
  idle,
];

await runBenches(BENCHES);
