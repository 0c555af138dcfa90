/**
 * Two members find out what each lacks and tell it: one exchange, from a summary to the last answer that helped.
 *
 * The other side is believed in nothing. What it says is counted as help only once it stands on the shelf, so that it cannot keep
 * me asking; Where an answer is lost, a new exchange is begun.
 */
import type { Clock } from '../entries/passing.ts';
import { shortOf } from '../ids.ts';
import type { Short } from '../ids.ts';
import { limits } from '../limits.ts';
import { withNumber, withRun, without } from '../runs.ts';
import type { Runs } from '../runs.ts';
import { wantOperations } from './operations.ts';
import type { OperationShelf } from './operations.ts';
import type { Gone, Part, Range, Summary, WantEntries, WantNamed, WantOperations } from './parts.ts';
import type { Shelf } from './shelf.ts';
import { packWants } from './wants.ts';

/** What this device has of the conversation. */
export interface Holdings {
  readonly operations: OperationShelf;
  readonly shelf: Shelf;
  /** Whose entries may be in it, present members first. */
  readonly devices: readonly Short[];
  /** Entries that others name and that are not here. */
  missing(): Iterable<Short>;
}

export interface Exchange {
  readonly theirs: Summary | null;
  readonly asked: readonly Asked[];
  readonly nextNumber: number;
  /** What the other side was asked for in vain, or says is gone. */
  readonly vain: Readonly<Record<Short, Runs>>;
  readonly vainNames: readonly Short[];
  /** How much the other side may still say is gone. */
  readonly goneLeft: number;
  /** How many operations there were when more were asked for; null while none is asked for. */
  readonly operationsAt: number | null;
  readonly operations: 'open' | 'asked' | 'answered' | 'vain';
}

interface Asked {
  readonly number: number;
  readonly ranges: readonly Range[];
  readonly names: readonly Short[];
  /** How many of those were missing then. */
  readonly missing: number;
  readonly isAnswered: boolean;
}

/** An exchange begins when one side sends its summary, `asks` set; the other answers with its own. */
export const beginExchange = (): Exchange => ({
  theirs: null,
  asked: [],
  nextNumber: 0,
  vain: {},
  vainNames: [],
  goneLeft: mostGone,
  operationsAt: null,
  operations: 'open',
});

/** `told` is the summary that is answered: what it shows as high need not be repeated. */
export function summarise({ operations, shelf, devices }: Holdings, told: Summary | null): Summary {
  const known = new Map(told?.clocks.map(({ device, seq }) => [device, seq]));
  const clocks: Clock[] = [];
  for (const device of devices) {
    const seq = shelf.highest(device);
    if (seq > (known.get(device) ?? 0) && clocks.length < limits.devicesPerRoom) clocks.push({ device, seq });
  }
  return { kind: 'summary', asks: told === null, heads: operations.heads.slice(0, limits.operationParents), clocks };
}

/** Takes note of the other side's part; what is in it, and holds, is to be put on the shelf before `ask`. */
export function hear(exchange: Exchange, part: Part): Exchange {
  switch (part.kind) {
    case 'summary':
      // Of summaries that crossed, the answer only adds to what was said.
      return exchange.theirs === null || part.asks
        ? { ...beginExchange(), nextNumber: exchange.nextNumber, theirs: part }
        : { ...exchange, theirs: { ...part, clocks: highest([...exchange.theirs.clocks, ...part.clocks]) } };
    case 'operations':
      return exchange.operations === 'asked' ? { ...exchange, operations: 'answered' } : exchange;
    case 'entries':
    case 'direct-entries':
      return {
        ...exchange,
        asked: exchange.asked.map((each) => (each.number === part.number ? { ...each, isAnswered: true } : each)),
      };
    case 'gone': {
      const asked = exchange.asked.find(({ number }) => number === part.number);
      return asked === undefined ? exchange : hearGone(exchange, asked, part.gone.slice(0, exchange.goneLeft));
    }
    case 'want-operations':
    case 'want-entries':
    case 'want-named':
      return exchange;
  }
}

/** What to ask now. Nothing, and nothing under way: this exchange is over. */
export function ask(before: Exchange, holdings: Holdings): { readonly exchange: Exchange; readonly parts: readonly Want[] } {
  if (before.theirs === null) return { exchange: before, parts: [] };
  const parts: Want[] = [];
  let exchange = settle(before, holdings);
  const want = exchange.operations === 'open' ? wantOperations(holdings.operations, before.theirs.heads) : null;
  if (want !== null) {
    parts.push(want);
    exchange = { ...exchange, operations: 'asked', operationsAt: holdings.operations.order.length };
  }
  const asked = [...exchange.asked];
  let number = exchange.nextNumber;
  const room = mostUnderWay - asked.length;
  const push = (ranges: readonly Range[], names: readonly Short[]): void => {
    parts.push(names.length > 0 ? { kind: 'want-named', number, names } : { kind: 'want-entries', number, ranges });
    asked.push({ number, ranges, names, missing: countMissing(ranges, names, exchange, holdings), isAnswered: false });
    number = (number + 1) % 256;
  };
  for (const ranges of packWants(missingRanges(exchange, holdings), room)) push(ranges, []);
  // Y3: names are asked for where ranges say nothing more.
  if (asked.length === 0) {
    const names = missingNames(exchange, holdings);
    if (names.length > 0) push([], names);
  }
  return { exchange: { ...exchange, asked, nextNumber: number }, parts };
}

export type Want = WantOperations | WantEntries | WantNamed;

export const isOver = ({ theirs, asked, operations }: Exchange): boolean =>
  theirs !== null && asked.length === 0 && operations !== 'asked';

const mostUnderWay = 16;
/** Names can be made up: who names what nobody has shall not keep me asking. */
const mostNames = 256;
/** The same of who says of ever more that it is gone. */
const mostGone = 65_536;

function hearGone(exchange: Exchange, asked: Asked, gone: readonly Gone[]): Exchange {
  const vain = { ...exchange.vain };
  for (const { device, seq } of gone) {
    const isAskedFor = asked.ranges.some((range) => range.device === device && range.from <= seq && seq <= range.to);
    if (isAskedFor) vain[device] = withNumber(vain[device] ?? [], seq);
  }
  const names = gone.map(({ message }) => shortOf(message)).filter((name) => asked.names.includes(name));
  const vainNames = [...exchange.vainNames, ...names];
  return { ...exchange, vain, vainNames, goneLeft: exchange.goneLeft - gone.length };
}

/** Answered wants are closed: what none of them brought is not asked for again. */
function settle(exchange: Exchange, holdings: Holdings): Exchange {
  const vain = { ...exchange.vain };
  const vainNames = [...exchange.vainNames];
  for (const { isAnswered, ranges, names, missing } of exchange.asked) {
    if (!isAnswered || countMissing(ranges, names, exchange, holdings) < missing) continue;
    for (const { device, from, to } of ranges) vain[device] = withRun(vain[device] ?? [], { from, to });
    vainNames.push(...names);
  }
  const asked = exchange.asked.filter(({ isAnswered }) => !isAnswered);
  const hasGrown = holdings.operations.order.length > (exchange.operationsAt ?? 0);
  const state = exchange.operations === 'answered' ? (hasGrown ? 'open' : 'vain') : exchange.operations;
  return { ...exchange, asked, vain, vainNames, operations: state };
}

/** Of each device once. Somebody can go on telling of devices that nobody knows, so they are cut off. */
function highest(clocks: readonly Clock[]): readonly Clock[] {
  const high = new Map<Short, number>();
  for (const { device, seq } of clocks) high.set(device, Math.max(seq, high.get(device) ?? 0));
  return [...high].slice(0, 2 * limits.devicesPerRoom).map(([device, seq]) => ({ device, seq }));
}

/** By device; whoever has the fewest gaps comes first, so that one who leaves many holds up nobody. */
function missingRanges({ theirs, asked, vain }: Exchange, { shelf, devices }: Holdings): readonly Range[] {
  const high = new Map(highest(theirs?.clocks ?? []).map(({ device, seq }) => [device, seq]));
  const closed = { ...vain };
  for (const { device, from, to } of asked.flatMap(({ ranges }) => ranges)) {
    closed[device] = withRun(closed[device] ?? [], { from, to });
  }
  const byDevice = devices.map((device): readonly Range[] => {
    const upTo = Math.max(high.get(device) ?? 0, shelf.highest(device));
    return without(shelf.gaps(device, upTo), closed[device] ?? []).map(({ from, to }) => ({ device, from, to }));
  });
  return byDevice.toSorted((one, other) => one.length - other.length).flat();
}

function missingNames({ vainNames }: Exchange, holdings: Holdings): readonly Short[] {
  const names: Short[] = [];
  if (vainNames.length >= mostNames) return names;
  const vain = new Set(vainNames);
  for (const name of holdings.missing()) {
    if (names.length >= limits.syncThings) break;
    if (!vain.has(name) && holdings.shelf.named(name).length === 0) names.push(name);
  }
  return names;
}

/** Of a want, what is neither here nor given up. */
function countMissing(
  ranges: readonly Range[],
  names: readonly Short[],
  { vain, vainNames }: Exchange,
  { shelf }: Holdings,
): number {
  let missing = 0;
  for (const name of names) if (shelf.named(name).length === 0 && !vainNames.includes(name)) missing += 1;
  for (const { device, from, to } of ranges) {
    missing += shelf.lacks(device, from, to);
    for (const run of vain[device] ?? []) {
      const first = Math.max(run.from, from);
      const last = Math.min(run.to, to);
      if (first <= last) missing -= shelf.lacks(device, first, last);
    }
  }
  return missing;
}
