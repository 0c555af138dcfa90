/** One direction of a link: frames in order, each after its delay, held while the way is cut or nobody listens. */
import type { Core } from './core.ts';
import type { PathsInside } from './paths.ts';
import type { Owner } from './queue.ts';
import type { Random } from './random.ts';

export interface Lane {
  /** `broken`: even the repairs were lost, nothing given from now on arrives. */
  put(frame: Uint8Array): 'sent' | 'full' | 'broken';
  /** The last word. Of what is still on its way, some arrives before it and the rest does not. */
  putBye(): 'sent' | 'broken';
  /** The sender vanished: some of what is on its way still arrives. */
  cutShort(): void;
  drop(): void;
  /** The way is open again, or somebody listens again. */
  goOn(): void;
  waitingBytes(): number;
}

export interface LaneEnd {
  readonly from: Owner;
  readonly to: Owner;
  readonly notBeforeUs: number;
  readonly bufferBytes: number;
  mayArrive(): boolean;
  onFrame(frame: Uint8Array): void;
  onBye(): void;
}

interface Packet {
  /** Null: the bye. */
  readonly frame: Uint8Array | null;
  readonly atUs: number;
}

export const createLane = (core: Core, paths: PathsInside, luck: Random, ends: LaneEnd): Lane => {
  const { from, to } = ends;
  let queue: Packet[] = [];
  let waiting = 0;
  let lastUs = ends.notBeforeUs;
  let wideUs = 0;
  let moving = false;
  let held = false;
  let broken = false;

  /** When something given now is there: never before what was given earlier. */
  const arrivalUs = (bytes: number): number | null => {
    const carryMs = broken ? null : paths.carryMs(from.name, to.name, bytes, luck);
    if (carryMs === null) {
      broken = true;
      return null;
    }
    wideUs = Math.max(wideUs, core.nowUs()) + paths.widthMs(from.name, to.name, bytes) * 1000;
    lastUs = Math.max(lastUs, wideUs + carryMs * 1000);
    return lastUs;
  };

  const move = (): void => {
    const head = queue[0];
    if (moving || head === undefined) return;
    moving = true;
    const afterMs = (head.atUs - core.nowUs()) / 1000;
    const what = { kind: head.frame === null ? 'bye' : 'frame', owner: to, other: from.name };
    core.schedule(afterMs, head.frame === null ? what : { ...what, bytes: head.frame }, arrive);
  };

  const arrive = (): void => {
    moving = false;
    held = paths.isCut(from.name, to.name) || !ends.mayArrive();
    if (held) return;
    const head = queue[0];
    if (head === undefined) return;
    // The one this was meant for was cut away: the next has its own time.
    if (Math.round(head.atUs) > core.nowUs()) return move();
    queue.shift();
    if (head.frame === null) return ends.onBye();
    waiting -= head.frame.length;
    move();
    ends.onFrame(head.frame);
  };

  const shorten = (): void => {
    queue = queue.slice(0, luck.below(queue.length + 1));
  };

  return {
    put: (frame) => {
      if (waiting > 0 && waiting + frame.length > ends.bufferBytes) return 'full';
      const atUs = arrivalUs(frame.length);
      if (atUs === null) return 'broken';
      queue.push({ frame: frame.slice(), atUs });
      waiting += frame.length;
      if (!held) move();
      return 'sent';
    },
    putBye: () => {
      shorten();
      const atUs = arrivalUs(0);
      if (atUs === null) return 'broken';
      queue.push({ frame: null, atUs });
      if (!held) move();
      return 'sent';
    },
    cutShort: shorten,
    drop: () => {
      queue = [];
      waiting = 0;
    },
    goOn: () => {
      if (!held) return;
      held = false;
      const head = queue[0];
      if (head === undefined) return;
      const soonUs = core.nowUs() + paths.delayMs(from.name, to.name, luck) * 1000;
      queue[0] = { frame: head.frame, atUs: Math.max(head.atUs, soonUs) };
      lastUs = Math.max(lastUs, soonUs);
      move();
    },
    waitingBytes: () => waiting,
  };
};
