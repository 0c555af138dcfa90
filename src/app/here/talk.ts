/**
 * How neighbours in a large room come to know the same of who is in it: each shows the others the names of what is new, is asked for what
 * they lack, and tells it once. Where two still differ once it is calm, one shows all.
 */
import type { Core } from '../core.ts';
import type { Stop } from '../../ports/clock.ts';
import { forgetFirst } from '../../protocol/forget-first.ts';
import type { Told, HereWord } from '../../protocol/here/word.ts';
import { limits } from '../../protocol/limits.ts';
import { createAllowance } from '../../protocol/meeting/allowance.ts';
import type { Allowance } from '../../protocol/meeting/allowance.ts';
import type { RefusalReason } from '../../protocol/refusal.ts';
import type { Peer } from '../mesh/peers.ts';
import type { Table } from './table.ts';

export interface Talk {
  /** It is new here. `urgent`: somebody came or went. */
  changed(id: string, urgent: boolean): void;
  take(word: Extract<HereWord, { kind: 'shows' | 'asks' }>, peer: Peer): void;
  /** What they told, and were asked for: who else has it. Null: it was not, and is refused. */
  asked(id: string, peer: Peer): Set<Peer> | null;
  /** What they told was not it. */
  askNext(id: string, others: Set<Peer>): void;
  /** They gave it to us, so they have it. */
  hadBy(peer: Peer, id: string): void;
  /** It is not wanted, from whomever: it is not asked for again. */
  unwanted(id: string): void;
  /** Whoever said to have this. */
  having(id: string): readonly Peer[];
  /** Every few seconds. */
  tick(): void;
  /** What is new goes at once. */
  flush(): void;
  close(): void;
}

export interface TalkHands {
  neighbours(): readonly Peer[];
  say(peer: Peer, word: HereWord): boolean;
  told(id: string): Told | null;
}

export function createTalk(
  { clock, entropy, log }: Pick<Core, 'clock' | 'entropy' | 'log'>,
  table: Table,
  hands: TalkHands,
): Talk {
  const sides = new WeakMap<Peer, Side>();
  /** Asked for, of whom, and who else has it. */
  const pending = new Map<string, { readonly untilMs: number; readonly by: Peer; readonly of: Set<Peer> }>();
  const refused = new Set<string>();
  const fresh = new Set<string>();
  let planned: { readonly atMs: number; readonly stop: Stop } | null = null;
  let changedMs = clock.ticksMs();

  const sideOf = (peer: Peer): Side => {
    const known = sides.get(peer);
    if (known?.era === peer.era) return known;
    const ticksMs = (): number => clock.ticksMs();
    const side: Side = {
      era: peer.era,
      had: new Set(),
      isGreeted: false,
      allAtMs: 0,
      allWaitMs: firstAllMs,
      asks: known?.asks ?? createAllowance(asksPerSecond, mostAsked, ticksMs),
      tells: known?.tells ?? createAllowance(tellsPerSecond, mostAsked, ticksMs),
      lists: known?.lists ?? createAllowance(listsPerSecond, mostLists, ticksMs),
    };
    sides.set(peer, side);
    return side;
  };

  const remember = (set: Set<string>, id: string, most: number): void => {
    set.add(id);
    forgetFirst(set, most);
  };

  const show = (peer: Peer, ids: readonly string[], isAll: boolean): void => {
    const side = sideOf(peer);
    if (!hands.say(peer, { kind: 'shows', root: table.root(), isAll, ids: ids.slice(0, limits.devicesPerRoom) })) return;
    side.isGreeted = true;
  };

  const flush = (): void => {
    planned?.stop();
    planned = null;
    const ids = [...fresh].filter((id) => table.byId(id) !== undefined);
    fresh.clear();
    for (const peer of hands.neighbours()) {
      const { had } = sideOf(peer);
      const lacking = ids.filter((id) => !had.has(id));
      for (const id of lacking) remember(had, id, mostHad);
      if (lacking.length > 0) show(peer, lacking, false);
    }
  };

  /** They lack some, or we do. Ever more rarely, while it does not help. */
  const showAll = (peer: Peer): void => {
    const side = sideOf(peer);
    if (clock.ticksMs() < side.allAtMs || !side.lists.take(1)) return;
    side.allAtMs = clock.ticksMs() + side.allWaitMs;
    side.allWaitMs = Math.min(side.allWaitMs * 3, mostAllMs);
    show(peer, table.ids(), true);
  };

  const ask = (peer: Peer, ids: readonly string[]): void => {
    const nowMs = clock.ticksMs();
    const wanted: string[] = [];
    for (const id of ids) {
      const asking = pending.get(id);
      asking?.of.add(peer);
      if ((asking?.untilMs ?? 0) > nowMs || (asking === undefined && pending.size >= mostPending)) continue;
      if (!sideOf(peer).asks.take(1)) break;
      pending.set(id, { untilMs: nowMs + patienceMs, by: peer, of: asking?.of ?? new Set([peer]) });
      wanted.push(id);
    }
    if (wanted.length > 0) hands.say(peer, { kind: 'asks', ids: wanted });
  };

  const isWanted = (id: string): boolean => table.byId(id) === undefined && !refused.has(id);

  const askNext = (id: string, others: Set<Peer>): void => {
    const next = [...others].find((peer) => sideOf(peer).had.has(id));
    if (next === undefined || !isWanted(id)) return;
    pending.set(id, { untilMs: 0, by: next, of: others });
    ask(next, [id]);
  };

  return {
    changed: (id, urgent) => {
      changedMs = clock.ticksMs();
      fresh.add(id);
      const luck = (entropy.bytes(1)[0] ?? 0) / 256;
      const waitMs = (urgent ? urgentMs : calmMs) * (0.75 + luck / 2);
      const atMs = clock.ticksMs() + waitMs;
      if (planned !== null && planned.atMs <= atMs) return;
      planned?.stop();
      planned = { atMs, stop: clock.after(waitMs, flush) };
    },
    take: (word, peer) => {
      const side = sideOf(peer);
      if (word.kind === 'asks') {
        const told = word.ids.filter(() => side.tells.take(1)).flatMap((id) => hands.told(id) ?? []);
        if (told.length < word.ids.length) log('here-not-told', { count: word.ids.length - told.length });
        for (let at = 0; at < told.length; at += toldAtOnce)
          hands.say(peer, { kind: 'tells', told: told.slice(at, at + toldAtOnce) });
        return;
      }
      for (const id of word.ids) remember(side.had, id, mostHad);
      const lacking = word.ids.filter(isWanted);
      ask(peer, lacking);
      if (word.isAll) {
        side.isGreeted = true;
        const theirs = new Set(word.ids);
        const more = table.ids().filter((id) => !theirs.has(id));
        if (more.length > 0 && side.lists.take(1)) show(peer, more, false);
      } else if (word.root === table.root()) {
        side.isGreeted = true;
        side.allWaitMs = firstAllMs;
        side.allAtMs = 0;
      } else if (lacking.length === 0 && (!side.isGreeted || clock.ticksMs() - changedMs > settledMs)) showAll(peer);
    },
    asked: (id, peer) => {
      const asking = pending.get(id);
      if (asking?.by !== peer) return null;
      pending.delete(id);
      asking.of.delete(peer);
      return asking.of;
    },
    askNext,
    hadBy: (peer, id) => remember(sideOf(peer).had, id, mostHad),
    unwanted: (id) => remember(refused, id, mostRefused),
    having: (id) => hands.neighbours().filter((peer) => sideOf(peer).had.has(id)),
    tick: () => {
      const nowMs = clock.ticksMs();
      for (const peer of hands.neighbours()) if (!sideOf(peer).isGreeted) show(peer, [], false);
      for (const [id, { untilMs, by, of }] of [...pending]) {
        if (untilMs > nowMs) continue;
        pending.delete(id);
        // Who did not give it is not asked again; the next who has it is.
        of.delete(by);
        askNext(id, of);
      }
    },
    flush,
    close: () => planned?.stop(),
  };
}

interface Side {
  readonly era: number;
  /** They have these, or were shown them by us. */
  readonly had: Set<string>;
  isGreeted: boolean;
  allAtMs: number;
  allWaitMs: number;
  readonly asks: Allowance;
  readonly tells: Allowance;
  /** Of all that I have: such a word is a hundred times what it takes to ask for it. */
  readonly lists: Allowance;
}

/** The same would be refused for the same again. Of the others we may think otherwise once we know more; what has a bad signature is not what its name says. */
export const isFinal = (why: RefusalReason): boolean => finals.has(why);

const finals: ReadonlySet<RefusalReason> = new Set(['expired', 'too-far-ahead', 'repeated']);

const urgentMs = 2_000;
/** What only says that somebody is here still goes along with others. */
const calmMs = 60_000;
const settledMs = 8_000;
const patienceMs = 4_000;
const firstAllMs = 60_000;
const mostAllMs = 1_800_000;
/** Each is a signature to be looked at, and a phone draws in between. */
const toldAtOnce = 8;
const asksPerSecond = 4;
const tellsPerSecond = 4;
const listsPerSecond = 0.05;
const mostLists = 8;
const mostAsked = 1_024;
const mostPending = 1_024;
const mostHad = 2_048;
const mostRefused = 512;
