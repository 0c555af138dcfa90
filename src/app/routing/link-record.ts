/** What one link was seen to do: round trips, what was answered, what it carried on, how long it stood. Plain, and never grows. */

export interface LinkRecord {
  readonly kind: LinkKind;
  readonly firstAtMs: number;
  /** Null: it does not stand now. */
  readonly openedAtMs: number | null;
  /** How long it stood before that. */
  readonly stoodMs: number;
  readonly rtt: RoundTrips | null;
  /** Of what its far end was to answer, the share that it did. */
  readonly answered: number;
  /** Of what it was to carry on to others, the share that they acknowledged. */
  readonly carried: number;
  /** Of what was handed to it, the share that found no place in its queue. */
  readonly full: number;
}

/** Of what it was to carry on: somebody beyond it acknowledged it; it refused to; or others show or say that it did not. */
export type Carried = 'brought' | 'refused' | 'lost';

export type LinkKind = 'direct' | 'relay';

interface RoundTrips {
  readonly lastMs: number;
  /** Both smoothed; the fast one forgets sooner. */
  readonly fastMs: number;
  readonly slowMs: number;
  /** Of the samples about the slow one, smoothed; in ms². */
  readonly variance: number;
  readonly atMs: number;
}

/** Nobody knows anything yet: half. */
export const newLink = (kind: LinkKind, nowMs: number): LinkRecord => ({
  kind,
  firstAtMs: nowMs,
  openedAtMs: nowMs,
  stoodMs: 0,
  rtt: null,
  answered: unknown,
  carried: unknown,
  full: 0,
});

export const opened = (link: LinkRecord, kind: LinkKind, nowMs: number): LinkRecord => ({
  ...link,
  kind,
  openedAtMs: link.openedAtMs ?? nowMs,
});

export const closed = (link: LinkRecord, nowMs: number): LinkRecord => ({
  ...link,
  stoodMs: stoodMs(link, nowMs),
  openedAtMs: null,
});

export const measured = (link: LinkRecord, rttMs: number, nowMs: number): LinkRecord => {
  const { rtt } = link;
  const next =
    rtt === null
      ? { fastMs: rttMs, slowMs: rttMs, variance: 0 }
      : {
          fastMs: ease(rttMs, rtt.fastMs),
          slowMs: ease(rtt.slowMs, rttMs),
          variance: ease(rtt.variance, (rttMs - rtt.slowMs) ** 2),
        };
  return { ...link, rtt: { ...next, lastMs: rttMs, atMs: nowMs } };
};

export const answered = (link: LinkRecord, isAnswered: boolean): LinkRecord => ({
  ...link,
  answered: ease(link.answered, Number(isAnswered)),
});

/** What others show or say takes what it earned, and leaves it no less than one that nobody knows. */
export const carried = (link: LinkRecord, outcome: Carried): LinkRecord => {
  const next = ease(link.carried, Number(outcome === 'brought'));
  return { ...link, carried: outcome === 'lost' ? Math.max(next, Math.min(link.carried, leastByOthers)) : next };
};

export const handed = (link: LinkRecord, isFull: boolean): LinkRecord => ({ ...link, full: ease(link.full, Number(isFull)) });

export const stoodMs = ({ stoodMs: before, openedAtMs }: LinkRecord, nowMs: number): number =>
  before + (openedAtMs === null ? 0 : nowMs - openedAtMs);

/** A share that no outcome has touched yet: what outcomes make of it is never just that again. */
export const unknown = 0.5;
const leastByOthers = 0.51;

/** MeshLink's α 0.7 of the one and β 0.3 of the other: usually of what was, and of what came. */
const ease = (more: number, less: number): number => 0.7 * more + 0.3 * less;
