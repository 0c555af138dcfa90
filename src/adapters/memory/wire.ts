/** A link between two lives, seen from both ends, and all the ways it ends. */
import type { CloseReason, Link } from '../../ports/network.ts';
import type { PeerId } from '../../protocol/ids.ts';
import type { Core } from './core.ts';
import { createLane } from './lane.ts';
import type { PathsInside } from './paths.ts';
import type { Owner } from './queue.ts';
import type { Random } from './random.ts';

/** The inner face of a network port: whom a link tells what happened. */
export interface Station extends Owner {
  readonly peer: PeerId;
  readonly luck: Random;
  /** Somebody listens. Until then frames wait. */
  isReady(): boolean;
  frame(half: Half, frame: Uint8Array): void;
  closed(half: Half, why: CloseReason): void;
  nextLinkId(): string;
}

export interface Half {
  readonly link: Link;
  readonly station: Station;
  readonly farStation: Station;
  readonly bornUs: number;
  /** What waits for us may come in. */
  goOn(): void;
  /** Both directions, after a cut is healed. */
  healed(): void;
  /** Our life ended without a word. */
  vanish(how: Vanished): void;
  /** Our device is at another address now: nothing passes here any more. */
  strand(): void;
  /** This end notices that something is wrong. */
  fail(why: 'lost' | 'bad-frame'): void;
}

/** `killed`: the process is gone, the machine still says so on sockets. `power-cut`: silence. */
export type Vanished = 'killed' | 'power-cut';

export interface WireRules {
  readonly maxFrameBytes: number;
  /** What one direction takes in before it says `full`. */
  readonly bufferBytes: number;
  /** How long a silence lasts until an end calls it death. */
  readonly lostAfterMs: number;
}

export interface WireEnd {
  readonly station: Station;
  readonly end: Link['end'];
  readonly opener: Link['opener'];
  /** This end learns of the link so much later. */
  readonly opensAfterMs: number;
}

export const createWire = (
  core: Core,
  paths: PathsInside,
  rules: WireRules,
  path: Link['path'],
  ends: readonly [WireEnd, WireEnd],
  /** Told of each end once it is over. */
  over: (half: Half) => void,
): readonly [Half, Half] => {
  const states: ['open' | 'closed', 'open' | 'closed'] = ['open', 'open'];
  /** Whether something under way will end this side. */
  const isTold: [boolean, boolean] = [false, false];
  const bornUs = core.nowUs();
  const ids = [ends[0].station.nextLinkId(), ends[1].station.nextLinkId()] as const;
  // The opener's luck alone: what others do elsewhere shifts nothing here.
  const luck = ends[0].station.luck.fork(`link ${ids[0]}`);

  const end = (side: Side, why: CloseReason): void => {
    if (states[side] === 'closed') return;
    states[side] = 'closed';
    lanes[otherOf(side)].drop();
    over(halves[side]);
    ends[side].station.closed(halves[side], why);
  };
  const endLater = (side: Side, afterMs: number): void => {
    if (isTold[side]) return;
    isTold[side] = true;
    const what = { kind: 'link-lost', owner: ends[side].station, other: ends[otherOf(side)].station.name };
    core.schedule(afterMs, what, () => end(side, 'lost'));
  };
  const silence = (side: Side): void => endLater(side, rules.lostAfterMs * (1 + 0.1 * luck.share()));

  /** The lane that leads away from a side. */
  const laneFrom = (side: Side): ReturnType<typeof createLane> => {
    const to = otherOf(side);
    const { station } = ends[to];
    return createLane(core, paths, luck, {
      from: ends[side].station,
      to: station,
      notBeforeUs: core.nowUs() + ends[to].opensAfterMs * 1000,
      bufferBytes: rules.bufferBytes,
      mayArrive: () => states[to] === 'open' && station.isReady(),
      onFrame: (frame) => station.frame(halves[to], frame),
      onBye: () => end(to, 'closed-there'),
    });
  };
  const lanes = [laneFrom(0), laneFrom(1)] as const;
  const sayBye = (side: Side): void => {
    const far = otherOf(side);
    if (lanes[side].putBye() === 'broken') silence(far);
    isTold[far] = true;
  };

  const halfOf = (side: Side): Half => {
    const far = otherOf(side);
    const { station, end: farEnd, opener } = ends[side];
    const isOpen = (): boolean => states[side] === 'open' && station.alive();
    const link: Link = {
      id: ids[side],
      peer: ends[far].station.peer,
      end: farEnd,
      opener,
      path,
      maxFrameBytes: rules.maxFrameBytes,
      state: () => states[side],
      send: (frame) => {
        if (!isOpen()) return 'closed';
        if (frame.length > rules.maxFrameBytes) return 'too-big';
        const put = lanes[side].put(frame);
        if (put !== 'broken') return put;
        silence(side);
        silence(far);
        return 'sent';
      },
      close: () => {
        if (!isOpen()) return;
        sayBye(side);
        end(side, 'closed-here');
      },
    };
    return {
      link,
      station,
      farStation: ends[far].station,
      bornUs,
      goOn: () => lanes[far].goOn(),
      healed: () => {
        lanes[side].goOn();
        lanes[far].goOn();
        // The far end called it death while nothing passed: whoever comes back hears so from its machine, or finds nobody answer.
        if (states[side] === 'closed' || states[far] === 'open' || isTold[side]) return;
        const backMs = 2 * paths.delayMs(station.name, ends[far].station.name, luck);
        endLater(side, path === 'socket' ? backMs : backMs + Math.min(consentMs, rules.lostAfterMs));
      },
      vanish: (how) => {
        if (states[side] === 'closed') return;
        states[side] = 'closed';
        over(halves[side]);
        lanes[side].cutShort();
        const names = [station.name, ends[far].station.name] as const;
        const told = how === 'killed' && path === 'socket' && !paths.isCut(...names);
        if (told) endLater(far, paths.delayMs(...names, luck));
        else silence(far);
      },
      strand: () => {
        for (const lane of lanes) lane.strand();
        silence(far);
        // A socket's own machine knows that its address is gone.
        if (path === 'socket') endLater(side, paths.delayMs(station.name, station.name, luck));
        else silence(side);
      },
      fail: (why) => {
        if (states[side] === 'closed') return;
        if (why === 'bad-frame') sayBye(side);
        end(side, why);
      },
    };
  };
  const halves: readonly [Half, Half] = [halfOf(0), halfOf(1)];
  return halves;
};

/** So long ICE waits for a far end's consent, about, before it asks in earnest. */
const consentMs = 5_000;

type Side = 0 | 1;
const otherOf = (side: Side): Side => (side === 0 ? 1 : 0);
