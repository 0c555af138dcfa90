/** Who said to be in one room, and for how long: each device's last word, whether it still holds, and what is not believed again soon. */
import type { Clock } from '../../ports/clock.ts';
import type { DeviceId, PeerId } from '../../protocol/ids.ts';
import { limits } from '../../protocol/limits.ts';
import { presenceId, whyNotNow } from '../../protocol/here/presence.ts';
import type { Presence } from '../../protocol/here/presence.ts';
import type { RefusalReason } from '../../protocol/refusal.ts';

export interface Table {
  get(device: DeviceId): Kept | undefined;
  byId(id: string): Kept | undefined;
  /** Null: it is kept. `repeated`: it, or a later one, was here before. */
  take(presence: Presence, bytes: Uint8Array, isGone: boolean, from: PeerId | null): RefusalReason | null;
  isHere(device: DeviceId): boolean;
  /** Devices that are here, as far as words go. */
  here(): readonly DeviceId[];
  /** Of all devices that are here, as one number: the same where the same are, whichever word of theirs is the last. */
  root(): string;
  /** All that a neighbour may lack: who is here, and who was said to be gone. */
  ids(): readonly string[];
  /** Lets go what has run out. True: somebody is here no more. */
  tidy(): boolean;
}

export interface Kept {
  readonly presence: Presence;
  readonly bytes: Uint8Array;
  readonly isGone: boolean;
  readonly id: string;
  /** Of the root. */
  readonly share: bigint;
  /** Who gave it to us first: nearer to its device than we are. Null: it is mine. */
  readonly from: PeerId | null;
  /** By our own ticks: what is handed on does not begin anew. */
  readonly untilMs: number;
  /** When it was said to be gone; how often that was so and it spoke soon after, and until when it is not believed again. */
  readonly goneMs: number;
  readonly doubts: number;
  readonly deafUntilMs: number;
}

export function createTable(clock: Clock): Table {
  const all = new Map<DeviceId, Kept>();
  const ids = new Map<string, DeviceId>();
  /** At the last look: what ran out since is noticed. */
  let shown = new Set<DeviceId>();

  const isStanding = (kept: Kept | undefined): boolean => kept !== undefined && !kept.isGone && kept.untilMs > clock.ticksMs();

  const forget = (device: DeviceId): void => {
    const kept = all.get(device);
    if (kept !== undefined) ids.delete(kept.id);
    all.delete(device);
  };

  const doubtsAfter = (before: Kept | undefined, isGone: boolean): Pick<Kept, 'doubts' | 'deafUntilMs'> => {
    const nowMs = clock.ticksMs();
    const { doubts, deafUntilMs } = before ?? { doubts: 0, deafUntilMs: 0 };
    if (before?.isGone !== true || isGone || nowMs - before.goneMs > soonMs) return { doubts, deafUntilMs };
    const times = nowMs > deafUntilMs + mostDeafMs ? 1 : doubts + 1;
    return { doubts: times, deafUntilMs: nowMs + Math.min(deafMs * 2 ** times, mostDeafMs) };
  };

  /** Who is not here any more gives way first; who is, to nobody. */
  const makePlace = (): boolean => {
    if (all.size < limits.devicesPerRoom) return true;
    const old = [...all.values()].find((kept) => !isStanding(kept));
    if (old !== undefined) forget(old.presence.device);
    return old !== undefined;
  };

  return {
    get: (device) => all.get(device),
    byId: (id) => {
      const device = ids.get(id);
      return device === undefined ? undefined : all.get(device);
    },
    take: (presence, bytes, isGone, from) => {
      const { device, atMs } = presence;
      const nowMs = clock.ticksMs();
      const late = whyNotNow(presence, clock.nowMs());
      if (late !== null) return late.refused;
      const before = all.get(device);
      if (before !== undefined) {
        if (atMs < before.presence.atMs || (atMs === before.presence.atMs && (before.isGone || !isGone))) return 'repeated';
        // H4: a lie costs its device one word, each time for longer.
        if (isGone && before.deafUntilMs > nowMs) return 'too-soon';
      } else if (from !== null && !makePlace()) return 'too-many';
      const isSame = before !== undefined && atMs === before.presence.atMs;
      const { doubts, deafUntilMs } = doubtsAfter(before, isGone);
      forget(device);
      const kept: Kept = {
        share: before?.share ?? BigInt(`0x${presenceId({ device, atMs: 0 }, false)}`),
        presence,
        bytes,
        isGone,
        id: presenceId(presence, isGone),
        from,
        untilMs: isSame ? before.untilMs : nowMs + presence.forSeconds * 1_000,
        goneMs: isGone ? nowMs : 0,
        doubts,
        deafUntilMs,
      };
      all.set(device, kept);
      ids.set(kept.id, device);
      return null;
    },
    isHere: (device) => isStanding(all.get(device)),
    here: () => [...all.values()].filter(isStanding).map(({ presence }) => presence.device),
    root: () => {
      let root = 0n;
      for (const kept of all.values()) if (isStanding(kept)) root ^= kept.share;
      return root.toString(16).padStart(12, '0');
    },
    ids: () => [...all.values()].filter((kept) => kept.isGone || isStanding(kept)).map(({ id }) => id),
    tidy: () => {
      // What has run out is remembered while it could be told again.
      for (const { presence } of all.values()) if (whyNotNow(presence, clock.nowMs()) !== null) forget(presence.device);
      const now = new Set([...all.values()].filter(isStanding).map(({ presence }) => presence.device));
      const isLess = [...shown].some((device) => !now.has(device));
      shown = now;
      return isLess;
    },
  };
}

/** Who speaks so soon after was never gone. */
const soonMs = 60_000;
const deafMs = 30_000;
const mostDeafMs = 1_800_000;
