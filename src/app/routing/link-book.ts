/** Keeps a record of each link by who is at its far end, so that who comes back is known; so many, the longest gone forgotten first. */
import type { PeerId } from '../../protocol/ids.ts';
import { featuresOf } from './link-features.ts';
import type { Features } from './link-features.ts';
import { answered, carried, closed, handed, measured, newLink, opened } from './link-record.ts';
import type { Carried, LinkKind, LinkRecord } from './link-record.ts';

export interface LinkBook {
  opened(peer: PeerId, kind: LinkKind): void;
  closed(peer: PeerId): void;
  /** What it was asked came back so late. */
  measured(peer: PeerId, rttMs: number): void;
  /** Its far end answered in time, or did not. */
  answered(peer: PeerId, isAnswered: boolean): void;
  carried(peer: PeerId, outcome: Carried): void;
  /** Something was handed to it; `isFull`: it found no place. */
  handed(peer: PeerId, isFull: boolean): void;
  /** Null: no link to it stands. */
  features(peer: PeerId): Features | null;
  /** Whoever a link to stands. */
  standing(): readonly PeerId[];
}

export function createLinkBook(ticksMs: () => number): LinkBook {
  /** Among those that do not stand, the longest gone comes first. */
  const records = new Map<PeerId, LinkRecord>();
  const change = (peer: PeerId, next: (link: LinkRecord) => LinkRecord): void => {
    const known = records.get(peer);
    if (known !== undefined) records.set(peer, next(known));
  };

  const forgetLongestGone = (): void => {
    if (records.size <= mostRecords) return;
    for (const [peer, { openedAtMs }] of records) if (openedAtMs === null) return void records.delete(peer);
  };

  return {
    opened: (peer, kind) => {
      const known = records.get(peer);
      records.set(peer, known === undefined ? newLink(kind, ticksMs()) : opened(known, kind, ticksMs()));
      forgetLongestGone();
    },
    closed: (peer) => {
      const known = records.get(peer);
      if (known === undefined) return;
      records.delete(peer);
      records.set(peer, closed(known, ticksMs()));
    },
    measured: (peer, rttMs) => change(peer, (link) => measured(link, rttMs, ticksMs())),
    answered: (peer, isAnswered) => change(peer, (link) => answered(link, isAnswered)),
    carried: (peer, outcome) => change(peer, (link) => carried(link, outcome)),
    handed: (peer, isFull) => change(peer, (link) => handed(link, isFull)),
    features: (peer) => {
      const record = records.get(peer);
      return record === undefined || record.openedAtMs === null ? null : featuresOf(record, ticksMs());
    },
    standing: () => [...records].flatMap(([peer, { openedAtMs }]) => (openedAtMs === null ? [] : peer)),
  };
}

/** Links that stand are few by themselves (`mostDirect`, a relay or two). */
const mostRecords = 512;
