/** Public topics as gossip carries them: over the links that stand, to whoever joined, and not at once. */
import type { MayGoOn, Network } from '../../ports/network.ts';
import type { Air, Place } from './air.ts';
import { foldBytes } from './trace.ts';
import type { Half } from './wire.ts';

export interface Topics {
  readonly join: Network['join'];
  readonly heard: Place['heard'];
  readonly joinedUs: Place['joinedUs'];
}

interface Listener {
  readonly tell: (bytes: Uint8Array) => void;
  readonly mayGoOn: MayGoOn | undefined;
}

/** So long a place knows what it has seen. */
const seenUs = 120_000_000;

export const createTopics = (air: Air, place: Place): Topics => {
  const { core, paths, rules } = air;
  const joined = new Map<string, { readonly sinceUs: number; readonly listeners: Set<Listener> }>();
  /** By content: the same bytes twice are one message, whoever says them. */
  const seen = new Map<string, number>();
  const bornUs = core.nowUs();

  const joinedUs = (topic: string): number | null =>
    // A relay carries every public topic it is asked for.
    place.role === 'relay' ? bornUs : (joined.get(topic)?.sinceUs ?? null);

  const isNew = (topic: string, bytes: Uint8Array): boolean => {
    const name = `${topic} ${bytes.length} ${foldBytes(bytes)}`;
    const nowUs = core.nowUs();
    for (const [old, atUs] of seen) {
      if (atUs > nowUs - seenUs) break;
      seen.delete(old);
    }
    if (seen.has(name)) return false;
    seen.set(name, nowUs);
    return true;
  };

  /** Both ends must have heard that the other takes part: before that, what is said is lost without a word. */
  const isCarried = (topic: string, half: Half, far: Place): boolean => {
    const [oursUs, theirsUs] = [joinedUs(topic), far.joinedUs(topic)];
    if (oursUs === null || theirsUs === null) return false;
    const settledMs = (core.nowUs() - Math.max(oursUs, theirsUs, half.bornUs)) / 1000;
    return place.luck.chance(settledMs / rules.topicSettleMs);
  };

  const spread = (topic: string, bytes: Uint8Array, from: Half | null): void => {
    for (const half of place.halves) {
      const far = air.at(half.link.peer);
      if (half === from || far === null || paths.isCut(place.name, far.name)) continue;
      if (!isCarried(topic, half, far)) continue;
      const carryMs = paths.carryMs(place.name, far.name, bytes.length, place.luck);
      if (carryMs === null) continue;
      core.schedule(carryMs, { kind: 'public', owner: far, other: place.name, bytes }, () => {
        const theirs = [...far.halves].find((other) => other.link.peer === place.peer);
        if (theirs !== undefined) far.heard(topic, bytes, theirs);
      });
    }
  };

  return {
    joinedUs,
    heard: (topic, bytes, half) => {
      if (joinedUs(topic) === null || !isNew(topic, bytes)) return;
      const listeners = [...(joined.get(topic)?.listeners ?? [])];
      if (listeners.some(({ mayGoOn }) => mayGoOn?.(bytes.slice(), half.link.peer) === false)) return;
      spread(topic, bytes, half);
      for (const { tell } of listeners) tell(bytes.slice());
    },
    join: (topic, onBytes, mayGoOn) => {
      const mine = joined.get(topic) ?? { sinceUs: core.nowUs(), listeners: new Set() };
      joined.set(topic, mine);
      // Each joining is its own, even with the same function.
      const listener: Listener = { tell: onBytes, mayGoOn };
      mine.listeners.add(listener);
      return {
        publish: (bytes) => {
          if (!mine.listeners.has(listener) || !place.alive() || place.isClosed()) return;
          const said = bytes.slice();
          if (isNew(topic, said)) spread(topic, said, null);
        },
        leave: () => {
          mine.listeners.delete(listener);
          if (mine.listeners.size === 0 && joined.get(topic) === mine) joined.delete(topic);
        },
      };
    },
  };
};
