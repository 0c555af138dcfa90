/** How good each standing link is: by the rule at once, by a model where one is loaded and answers in time. */
import type { Predictor } from '../../ports/predictor.ts';
import type { PeerId } from '../../protocol/ids.ts';
import type { LinkBook } from './link-book.ts';
import { isFeature } from './link-features.ts';
import type { Features } from './link-features.ts';
import { unknown } from './link-record.ts';
import { partsOf, scoreOf } from './rule.ts';
import type { Parts } from './rule.ts';

export interface Scores {
  /** Null: no link to it stands. Never waits: what a model has to say comes into a later answer. */
  of(peer: PeerId): Score | null;
  /** Null: the rule alone. */
  use(predictor: Predictor | null): void;
}

export interface Score {
  /** 0 to 1, the more the better. */
  readonly value: number;
  readonly by: 'rule' | 'model';
  /** What the rule makes it of; null: nothing is known of that yet, and it counts as half. */
  readonly parts: { readonly [Part in keyof Parts]: number | null };
}

export function createScores(ticksMs: () => number, book: LinkBook, onChanged: () => void): Scores {
  const latest = new Map<PeerId, Score & { readonly atMs: number }>();
  let predictor: Predictor | null = null;
  let isAsking = false;

  const ruled = (features: Features): Score => {
    const parts = partsOf(features);
    const known = {
      ...parts,
      latency: features.rttMs < 0 ? null : parts.latency,
      reliability: features.answered === unknown ? null : parts.reliability,
      success: features.carried === unknown ? null : parts.success,
    };
    return { value: scoreOf(parts), by: 'rule', parts: known };
  };

  /** All links at once: a hop to the model costs more than a row. */
  const ask = async (by: Predictor): Promise<void> => {
    isAsking = true;
    const asked = book.standing().slice(0, mostRows);
    const { inputs } = by.model;
    const rows = new Float32Array(asked.length * inputs.length);
    const about = new Map<PeerId, Score>();
    for (const [at, peer] of asked.entries()) {
      const features = book.features(peer);
      if (features === null) continue;
      about.set(peer, ruled(features));
      rows.set(rowOf(features, inputs), at * inputs.length);
    }
    const answer = await by.score(rows, deadlineMs);
    isAsking = false;
    if (predictor !== by) return;
    const atMs = ticksMs();
    let isNews = false;
    for (const [at, peer] of asked.entries()) {
      const rule = about.get(peer);
      if (rule === undefined || book.features(peer) === null) continue;
      const value = answer.state === 'scored' ? answer.scores[at] : undefined;
      const next: Score = value === undefined ? rule : { ...rule, value, by: 'model' };
      const before = latest.get(peer);
      isNews ||= before?.by !== next.by || Math.abs(before.value - next.value) >= noticeable;
      latest.set(peer, { ...next, atMs });
    }
    if (isNews) onChanged();
  };

  return {
    of: (peer) => {
      const known = latest.get(peer);
      if (known !== undefined && ticksMs() - known.atMs < freshMs) return known;
      const features = book.features(peer);
      if (features === null) {
        latest.delete(peer);
        return null;
      }
      const rule = ruled(features);
      // Until it answers, what a model said last is nearer than another's word.
      const now = { ...(known?.by === 'model' ? { ...known, parts: rule.parts } : rule), atMs: ticksMs() };
      if (latest.size > mostKept) for (const each of latest.keys()) if (book.features(each) === null) latest.delete(each);
      latest.set(peer, now);
      if (predictor !== null && !isAsking) void ask(predictor);
      return now;
    },
    use: (wanted) => {
      const next = wanted?.model.inputs.every(isFeature) === true ? wanted : null;
      if (next === predictor) return;
      predictor = next;
      latest.clear();
      onChanged();
    },
  };
}

const rowOf = (features: Features, inputs: readonly string[]): readonly number[] =>
  inputs.map((name) => (isFeature(name) ? features[name] : -1));

/** Links change slowly; the interface asks often. */
const freshMs = 1_000;
/** A frame or two of a busy page. Nobody waits for it, but what comes later tells of another moment. */
const deadlineMs = 50;
const mostRows = 64;
const mostKept = 128;
const noticeable = 0.01;
