/** The door port: asks the relay a page was served by for its card. */
import type { ReadCard } from '../../ports/door.ts';
import type { Air, Place } from './air.ts';
import type { Owner } from './queue.ts';
import type { Random } from './random.ts';

export interface DoorPlace {
  readonly owner: Owner;
  /** The relay's address; null: a page that came from nowhere. */
  readonly home: string | null;
  readonly luck: Random;
}

export const createDoor = (air: Air, { owner, home, luck }: DoorPlace): ReadCard => {
  const { core, paths, rules } = air;
  return (signal) =>
    new Promise((done) => {
      const answer = (afterMs: number, ask: () => unknown): void => {
        const stop = core.schedule(afterMs, { kind: 'card', owner }, () => {
          signal.removeEventListener('abort', giveUp);
          done(ask());
        });
        const giveUp = (): void => {
          stop();
          core.schedule(0, { kind: 'card', owner }, () => done(null));
        };
        if (signal.aborted) giveUp();
        else signal.addEventListener('abort', giveUp, { once: true });
      };
      const cardNow = (place: Place | null): unknown =>
        place === null || paths.isCut(owner.name, place.name) ? null : place.card;

      const relay = home === null ? null : air.relayAt(home);
      if (relay === null) return answer(2, () => null);
      if (paths.isCut(owner.name, relay.name)) return answer(rules.dialTimeoutMs, () => null);
      const wayMs = paths.delayMs(owner.name, relay.name, luck) + paths.delayMs(owner.name, relay.name, luck);
      answer(wayMs, () => cardNow(home === null ? null : air.relayAt(home)));
    });
};
