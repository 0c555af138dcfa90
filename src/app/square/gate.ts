/** Q6: what opening words of a Square may cost: by the second and connection, and all together. Devices are free to invent. */
import type { Clock } from '../../ports/clock.ts';
import { createAllowance } from '../../protocol/meeting/allowance.ts';
import type { Allowance } from '../../protocol/meeting/allowance.ts';
import { isNewcomer } from '../../protocol/square/pace.ts';
import type { Spoken } from '../../protocol/square/pace.ts';

export interface Gate {
  /** Before anything is opened: a signature costs a millisecond here, six on a phone. */
  mayOpen(via: string): boolean;
  /** It holds, but is it one too many? Who said much here before is counted by its own pace alone. */
  mayCome(message: Spoken, via: string): boolean;
}

export function createGate({ ticksMs }: Clock): Gate {
  const opens = new Map<string, Allowance>();
  const newcomers = new Map<string, Allowance>();
  const allOpens = createAllowance(60, 1_000, ticksMs);
  const allNewcomers = createAllowance(5, 300, ticksMs);
  return {
    mayOpen: (via) => of(opens, via, () => createAllowance(20, 500, ticksMs)).take(1) && allOpens.take(1),
    mayCome: (message, via) =>
      !isNewcomer(message.n) || (of(newcomers, via, () => createAllowance(2, 240, ticksMs)).take(1) && allNewcomers.take(1)),
  };
}

/** The connection that was quiet for longest is forgotten first. */
function of(all: Map<string, Allowance>, via: string, create: () => Allowance): Allowance {
  const one = all.get(via) ?? create();
  all.delete(via);
  all.set(via, one);
  const [oldest] = all.keys();
  if (all.size > mostConnections && oldest !== undefined) all.delete(oldest);
  return one;
}

const mostConnections = 256;
