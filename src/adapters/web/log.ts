/** Writes notable events to the console: ids and counts, and nothing that could be more than that. */
import type { Log } from '../../ports/log.ts';

/** Longer than any id: whatever is longer was not meant for a log. */
const LONGEST_FACT = 100;

export const createLog =
  (): Log =>
  (event, facts = {}) => {
    console.info(`wavu ${event}`, Object.fromEntries(Object.entries(facts).map(([name, fact]) => [name, short(fact)])));
  };

const short = (fact: string | number | boolean): string | number | boolean =>
  typeof fact === 'string' && fact.length > LONGEST_FACT ? `(${fact.length} characters)` : fact;
