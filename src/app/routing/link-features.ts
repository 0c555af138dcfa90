/** A link in numbers, as scorers take them: the rule four of them, a model those its card names. */
import { stoodMs } from './link-record.ts';
import type { LinkRecord } from './link-record.ts';

export type Features = Readonly<Record<FeatureName, number>>;

/** Times in ms. What was never measured is −1; shares are 0 to 1, and ½ while nobody knows. */
export type FeatureName =
  | 'rttMs'
  | 'rttFastMs'
  | 'rttLastMs'
  | 'rttDeviationMs'
  | 'rttAgeMs'
  | 'uptime'
  | 'answered'
  | 'carried'
  | 'full'
  | 'openMs'
  | 'isDirect';

export const isFeature = (name: string): name is FeatureName => name in noFeatures;

export function featuresOf(link: LinkRecord, nowMs: number): Features {
  const { rtt } = link;
  return {
    rttMs: rtt?.slowMs ?? -1,
    rttFastMs: rtt?.fastMs ?? -1,
    rttLastMs: rtt?.lastMs ?? -1,
    rttDeviationMs: rtt === null ? -1 : Math.sqrt(rtt.variance),
    rttAgeMs: rtt === null ? -1 : nowMs - rtt.atMs,
    uptime: (stoodMs(link, nowMs) + doubtMs / 2) / (nowMs - link.firstAtMs + doubtMs),
    answered: link.answered,
    carried: link.carried,
    full: link.full,
    openMs: link.openedAtMs === null ? 0 : nowMs - link.openedAtMs,
    isDirect: Number(link.kind === 'direct'),
  };
}

/** A link of a second has stood all its time, which says little: a minute of half a link is counted in. */
const doubtMs = 60_000;

const noFeatures: Features = {
  rttMs: 0,
  rttFastMs: 0,
  rttLastMs: 0,
  rttDeviationMs: 0,
  rttAgeMs: 0,
  uptime: 0,
  answered: 0,
  carried: 0,
  full: 0,
  openMs: 0,
  isDirect: 0,
};
