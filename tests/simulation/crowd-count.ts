/** Counts a crowd's run in the end: what each device shows against what was said, and between whom links stand. */
import { awakeIn, groupsOf, linkableIn, linkedIn } from './crowd-groups.ts';
import type { Joins } from './crowd-groups.ts';
import type { Crowd, CrowdRoom, Device } from './crowd.ts';
import { readAll } from './room-run.ts';
import type { Apart } from './scenarios/plan.ts';
import type { Counts } from './truth.ts';

export interface Counted {
  readonly counts: readonly Counts[];
  /** Devices that could not be asked in the end. */
  readonly down: number;
  /** Of the whole talk, between those whom links join in the end. */
  readonly linked: Share;
  /** Of a stretch of it, between those, between those awake whom links joined as it began, and between those whom links could join. */
  readonly apart:
    | (Pick<Apart, 'name' | 'soon'> & { readonly linked: Share; readonly joined: Share; readonly linkable: Share })
    | null;
}

export interface Share {
  readonly owed: number;
  readonly shown: number;
}

/** Whom links joined as a stretch of the talk began. */
export interface Began extends Apart {
  readonly joins: Joins;
}

export const countCrowd = async (crowd: Crowd, apart: Began | null, beganMs: number): Promise<Counted> => {
  const counts: Counts[] = [];
  let down = 0;
  for (const room of crowd.rooms) {
    const inRoom = crowd.devices.filter((device) => device.room === room);
    const running = inRoom.filter(({ page }) => page.running() !== null);
    down += inRoom.length - running.length;
    const honest = await readIn(crowd, room, running.filter(isHonest));
    const others = await readIn(
      crowd,
      room,
      running.filter((device) => !isHonest(device)),
    );
    counts.push(room.truth.count(honest, others));
  }
  const linked = groupsOf(crowd, linkedIn(crowd));
  const whole = { fromMs: 0, untilMs: Infinity };
  return {
    counts,
    down,
    linked: shareOf(crowd, linked, whole, beganMs),
    apart: apart && {
      ...apart,
      linked: shareOf(crowd, linked, apart, beganMs),
      joined: shareOf(crowd, groupsOf(crowd, awakeIn(crowd, apart.joins)), apart, beganMs, apart.soon?.withinMs),
      linkable: shareOf(crowd, groupsOf(crowd, linkableIn(crowd)), apart, beganMs),
    },
  };
};

const isHonest = ({ misdeed }: Device): boolean => misdeed === null;

const readIn = async (crowd: Crowd, room: CrowdRoom, devices: readonly Device[]): ReturnType<typeof readAll> => {
  const id = room.id();
  if (id === null) return new Map();
  return await crowd.world.finish(readAll(new Map(devices.map(({ name, page }) => [name, page])), id));
};

const shareOf = (
  { devices, rooms }: Crowd,
  groups: ReadonlyMap<string, number>,
  { fromMs, untilMs }: Pick<Apart, 'fromMs' | 'untilMs'>,
  beganMs: number,
  withinMs = Number.MAX_VALUE,
): Share => {
  let [owed, shown] = [0, 0];
  for (const room of rooms) {
    const honest = devices.filter((device) => device.room === room && isHonest(device)).map(({ name }) => name);
    for (const each of room.truth.owed(beganMs + fromMs, beganMs + untilMs, honest, withinMs)) {
      const reached = each.to.filter((other) => groups.get(each.author) === groups.get(other));
      owed += reached.length;
      shown += reached.filter((other) => each.shownTo.includes(other)).length;
    }
  }
  return { owed, shown };
};
