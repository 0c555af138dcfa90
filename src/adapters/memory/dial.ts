/** How links begin: at a relay's address, between places that found each other, and what can go wrong on the way. */
import type { Stop } from '../../ports/clock.ts';
import type { Link, Opened, OpenRefused } from '../../ports/network.ts';
import type { Air, Place } from './air.ts';

export interface Dials {
  openRelay(address: string, signal: AbortSignal): Promise<Opened>;
  /** Something that ends with a link or a refusal, once; gives up by the signal or when the port closes. */
  attempt(signal: AbortSignal, begin: (dial: Dial) => void): Promise<Opened>;
  /** Between two places that found each other: a few crossings, then a link at both, or a refusal. */
  meet(dial: Dial, far: Place, wanted: Wanted): void;
  closeAll(): void;
}

export interface Dial {
  later(afterMs: number, other: string, run: () => void): void;
  settle(opened: Opened): void;
  isOver(): boolean;
  refuse(why: OpenRefused['why'], afterMs: number): void;
}

export interface Wanted {
  readonly path: Link['path'];
  readonly crossings: number;
  /** What either end sees at the other. */
  readonly ends: { readonly ours: Link['end']; readonly theirs: Link['end'] };
  /** Called when the far end has the link, right before our end learns of it. */
  readonly onAccepted?: (link: Link) => void;
}

export const createDials = (air: Air, place: Place): Dials => {
  const { core, paths, rules } = air;
  const mostOf = ({ role }: Place): number => (role === 'relay' ? rules.maxRelayLinks : rules.maxLinks);
  const underWay = new Set<(why: OpenRefused['why']) => void>();

  const attempt: Dials['attempt'] = (signal, begin) =>
    new Promise((done) => {
      let isOver = false;
      const stops: Stop[] = [];
      const end = (): void => {
        isOver = true;
        for (const stop of stops) stop();
        underWay.delete(giveUp);
        signal.removeEventListener('abort', abort);
      };
      const settle = (opened: Opened): void => {
        if (isOver) return;
        end();
        done(opened);
      };
      const later: Dial['later'] = (afterMs, other, run) => {
        stops.push(core.schedule(afterMs, { kind: 'dial', owner: place, other }, run));
      };
      const refuse: Dial['refuse'] = (why, afterMs) => later(afterMs, why, () => settle({ state: 'refused', why }));
      const giveUp = (why: OpenRefused['why']): void => {
        if (isOver) return;
        end();
        core.schedule(0, { kind: 'dial', owner: place, other: why }, () => done({ state: 'refused', why }));
      };
      const abort = (): void => giveUp('aborted');

      if (place.isClosed()) return giveUp('closed');
      if (signal.aborted) return giveUp('aborted');
      signal.addEventListener('abort', abort, { once: true });
      underWay.add(giveUp);
      begin({ later, settle, refuse, isOver: () => isOver });
    });

  /** So many crossings of a path, or null if they never end. */
  const crossMs = (one: string, other: string, crossings: number): number | null => {
    let totalMs = 0;
    for (let crossing = 0; crossing < crossings; crossing += 1) {
      const oneMs = paths.isCut(one, other) ? null : paths.carryMs(one, other, 300, place.luck);
      if (oneMs === null) return null;
      totalMs += oneMs;
    }
    return totalMs;
  };

  const meet: Dials['meet'] = (dial, far, wanted) => {
    const timeout = (): void => dial.refuse('unreachable', rules.dialTimeoutMs);
    const wayMs = crossMs(place.name, far.name, wanted.crossings);
    if (wayMs === null || wayMs > rules.dialTimeoutMs) return timeout();
    if (wanted.path === 'webrtc' && !paths.mayMeet(place.name, far.name)) return timeout();
    dial.later(wayMs, far.name, () => {
      if (paths.isCut(place.name, far.name) || !far.alive() || far.isClosed()) return timeout();
      const backMs = paths.delayMs(place.name, far.name, place.luck);
      if (far.halves.size >= mostOf(far)) return dial.refuse('refused-there', backMs);
      const [ours, theirs] = air.connect(
        wanted.path,
        { station: place, end: wanted.ends.ours, opener: 'us', opensAfterMs: backMs },
        { station: far, end: wanted.ends.theirs, opener: 'them', opensAfterMs: 0 },
      );
      far.opened(theirs);
      wanted.onAccepted?.(theirs.link);
      // Not the dial's own: given up in between, the far end must still hear that nobody came.
      core.schedule(backMs, { kind: 'open', owner: place, other: far.name }, () => {
        if (ours.link.state() === 'closed') return dial.settle({ state: 'refused', why: 'unreachable' });
        if (dial.isOver()) return ours.link.close();
        place.opened(ours);
        dial.settle({ state: 'open', link: ours.link });
      });
    });
  };

  return {
    attempt,
    meet,
    openRelay: (address, signal) =>
      attempt(signal, (dial) => {
        if (!looksLikeAddress(address)) return dial.refuse('bad-address', 0);
        if (place.halves.size >= mostOf(place)) return dial.refuse('too-many', 0);
        const far = air.relayAt(address);
        if (far === null) return dial.refuse('unreachable', 5);
        // TCP, the socket's upgrade, the handshake.
        const theirs = place.role === 'relay' ? 'relay' : 'peer';
        meet(dial, far, { path: 'socket', crossings: 5, ends: { ours: 'relay', theirs } });
      }),
    closeAll: () => {
      for (const giveUp of [...underWay]) giveUp('closed');
    },
  };
};

const looksLikeAddress = (address: string): boolean => /^\/[^\s]+$/.test(address);
