/** What this device knows of its links, and how good it takes each for. */
import type { Clock } from '../../ports/clock.ts';
import type { Link, Network } from '../../ports/network.ts';
import type { Predictor } from '../../ports/predictor.ts';
import { createLinkBook } from './link-book.ts';
import type { Carried } from './link-record.ts';
import { createScores } from './scores.ts';
import type { Score } from './scores.ts';

export interface Routing {
  /** The same network; every link that opens or closes is written down. */
  watch(network: Network): Network;
  /** Null: it does not stand. */
  scoreOf(link: Link): Score | null;
  /** Its far end answered after so long; null: it did not in time. */
  told(link: Link, rttMs: number | null): void;
  /** Something said to its far end was acknowledged, or was not in time. */
  answered(link: Link, isAcknowledged: boolean): void;
  /** What became of what it was to carry on. */
  carried(link: Link, outcome: Carried): void;
  /** Something was handed to it; `isFull`: it found no place. */
  handed(link: Link, isFull: boolean): void;
  /** Null: the rule alone. */
  use(predictor: Predictor | null): void;
}

export interface RoutingHands {
  /** Some score is another than before, without anybody having asked. */
  changed(): void;
  /** A link stands. */
  opened(): void;
}

export function createRouting({ ticksMs }: Clock, hands: RoutingHands): Routing {
  const book = createLinkBook(ticksMs);
  const scores = createScores(ticksMs, book, hands.changed);
  return {
    watch: (network) => ({
      ...network,
      listen: (on) =>
        network.listen({
          ...on,
          onOpen: (link) => {
            book.opened(link.peer, link.end === 'relay' ? 'relay' : 'direct');
            on.onOpen(link);
            hands.opened();
          },
          onClose: (link, why) => {
            // Two dials may have crossed.
            if (!network.links().some((other) => other.peer === link.peer && other.state() === 'open')) book.closed(link.peer);
            on.onClose(link, why);
          },
        }),
    }),
    scoreOf: (link) => scores.of(link.peer),
    told: ({ peer }, rttMs) => {
      book.answered(peer, rttMs !== null);
      if (rttMs !== null) book.measured(peer, rttMs);
    },
    answered: ({ peer }, isAcknowledged) => book.answered(peer, isAcknowledged),
    carried: ({ peer }, outcome) => book.carried(peer, outcome),
    handed: ({ peer }, isFull) => book.handed(peer, isFull),
    use: scores.use,
  };
}
