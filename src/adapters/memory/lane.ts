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
  /** Nothing passes any more, whatever is put in. */
  strand(): void;
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
  atUs: number;
  /** It came to the far end of the way before, and had to wait there. */
  hasCome: boolean;
  /** It is through the far end's line. */
  hasLanded: boolean;
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
    wideUs = Math.max(wideUs, paths.leaveUs(from.name, to.name, bytes)) + paths.widthMs(from.name, to.name, bytes) * 1000;
    lastUs = Math.max(lastUs, wideUs + carryMs * 1000);
    return lastUs;
  };

  const move = (): void => {
    const head = queue[0];
    if (moving || head === undefined) return;
    moving = true;
    const afterMs = (head.atUs - core.nowUs()) / 1000;
    // Each frame stands in the trace once, whatever it waits for afterwards.
    const kind = head.frame === null ? 'bye' : head.hasCome ? 'landing' : 'frame';
    const what = { kind, owner: to, other: from.name };
    core.schedule(afterMs, kind === 'frame' && head.frame !== null ? { ...what, bytes: head.frame } : what, arrive);
  };

  const arrive = (): void => {
    moving = false;
    held = paths.isCut(from.name, to.name) || !ends.mayArrive();
    const head = queue[0];
    if (head === undefined) return;
    if (held) return void (head.hasCome = true);
    // The one this was meant for was cut away: the next has its own time.
    if (Math.round(head.atUs) > core.nowUs()) return move();
    if (head.frame !== null && !lands(head, head.frame)) return move();
    queue.shift();
    if (head.frame === null) return ends.onBye();
    waiting -= head.frame.length;
    move();
    ends.onFrame(head.frame);
  };

  /** Through the far end's line at once, or later. */
  const lands = (head: Packet, frame: Uint8Array): boolean => {
    head.hasCome = true;
    if (head.hasLanded) return true;
    const landUs = paths.landUs(from.name, to.name, frame.length);
    head.hasLanded = landUs !== null;
    head.atUs = landUs ?? core.nowUs() + (100 + 100 * luck.share()) * 1000;
    lastUs = Math.max(lastUs, head.atUs);
    return Math.round(head.atUs) <= core.nowUs();
  };

  const shorten = (): void => {
    queue = queue.slice(0, luck.below(queue.length + 1));
  };

  return {
    put: (frame) => {
      if (waiting > 0 && waiting + frame.length > ends.bufferBytes) return 'full';
      if (paths.isChoked(from.name, to.name)) return 'full';
      const atUs = arrivalUs(frame.length);
      if (atUs === null) return 'broken';
      queue.push({ frame: frame.slice(), atUs, hasCome: false, hasLanded: false });
      waiting += frame.length;
      if (!held) move();
      return 'sent';
    },
    putBye: () => {
      shorten();
      const atUs = arrivalUs(0);
      if (atUs === null) return 'broken';
      queue.push({ frame: null, atUs, hasCome: false, hasLanded: false });
      if (!held) move();
      return 'sent';
    },
    cutShort: shorten,
    drop: () => {
      queue = [];
      waiting = 0;
    },
    strand: () => {
      broken = true;
      queue = [];
      waiting = 0;
    },
    goOn: () => {
      if (!held) return;
      held = false;
      const head = queue[0];
      if (head === undefined) return;
      const soonUs = core.nowUs() + paths.delayMs(from.name, to.name, luck) * 1000;
      head.atUs = Math.max(head.atUs, soonUs);
      lastUs = Math.max(lastUs, soonUs);
      move();
    },
    waitingBytes: () => waiting,
  };
};
