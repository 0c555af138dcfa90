/** Who meets whom, and when: contacts like those of students' phones, made from quantiles and luck. */
import type { Random } from '../../src/adapters/memory/random.ts';
import { betweenContactsS, contactsS, draw } from './quantiles.ts';

export interface Contact {
  readonly one: string;
  readonly other: string;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Of 630 pairs of phones 541 ever met (Haggle Cambridge). */
const everMet = 0.86;
/** A scan came every two minutes: a contact seen once lasted up to that. */
const scanMs = 120_000;
const beforeMs = 20 * 86_400_000;

/** Earliest first. */
export const contactsOf = (names: readonly string[], lengthMs: number, luck: Random): readonly Contact[] => {
  const contacts: Contact[] = [];
  for (const [at, one] of names.entries()) {
    for (const other of names.slice(at + 1)) {
      if (!luck.chance(everMet)) continue;
      const gapMs = (): number => 1_000 * draw(betweenContactsS, luck);
      // Most begin within a long gap, as gaps of days are most of the time: they have met before the world begins.
      let fromMs = gapMs() - beforeMs;
      while (fromMs < lengthMs) {
        const untilMs = fromMs + 1_000 * draw(contactsS, luck) + luck.below(scanMs);
        if (untilMs > 0) contacts.push({ one, other, fromMs: Math.max(0, fromMs), untilMs: Math.min(untilMs, lengthMs) });
        fromMs = untilMs + gapMs();
      }
    }
  }
  return contacts.toSorted((a, b) => a.fromMs - b.fromMs);
};
