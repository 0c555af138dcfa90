/** Schedules for the model, drawn by fast-check so that a failing one shrinks. */
import fc from 'fast-check';
import type { Event, What } from './schedule.ts';

const weights: Readonly<Record<What, number>> = {
  deliver: 40,
  write: 18,
  drop: 8,
  double: 8,
  pass: 5,
  tick: 6,
  wait: 3,
  restart: 3,
  back: 2,
  reset: 1,
  burst: 1,
};

export const schedules = (shortest: number, longest: number, without: readonly What[] = []): fc.Arbitrary<Event[]> => {
  const kinds = (Object.entries(weights) as [What, number][]).filter(([what]) => !without.includes(what));
  const event = fc.record({
    what: fc.oneof(...kinds.map(([what, weight]) => ({ arbitrary: fc.constant(what), weight }))),
    pick: fc.nat(2 ** 30),
  });
  return fc.array(event, { minLength: shortest, maxLength: longest, size: 'max' });
};
