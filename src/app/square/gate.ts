/** Q6: what opening words of a Square may cost: by the second and connection, and all together. Devices are free to invent. */
import type { Clock } from '../../ports/clock.ts';
import { createAllowance } from '../../protocol/meeting/allowance.ts';
import { createShares } from '../../protocol/meeting/shares.ts';
import { isNewcomer } from '../../protocol/square/pace.ts';
import type { Spoken } from '../../protocol/square/pace.ts';

export interface Gate {
  /** Before anything is opened: a signature costs a millisecond here, six on a phone. */
  mayOpen(via: string): boolean;
  /** It holds, but is it one too many? Who said much here before is counted by its own pace alone. */
  mayCome(message: Spoken, via: string): boolean;
}

export function createGate({ ticksMs }: Clock): Gate {
  const opens = createShares(mostConnections, () => createAllowance(20, 500, ticksMs));
  const newcomers = createShares(mostConnections, () => createAllowance(2, 240, ticksMs));
  const allOpens = createAllowance(60, 1_000, ticksMs);
  const allNewcomers = createAllowance(5, 300, ticksMs);
  return {
    mayOpen: (via) => opens(via).take(1) && allOpens.take(1),
    mayCome: (message, via) => !isNewcomer(message.n) || (newcomers(via).take(1) && allNewcomers.take(1)),
  };
}

const mostConnections = 256;
