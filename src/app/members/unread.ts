/**
 * Somebody of a room speaks and we have no key to it: one of us was away while the keys moved on. Sessions live longer. Over them we
 * find out who it is, and each gives what the other lacks.
 */
import { encodeBetween } from '../../protocol/entries/between.ts';
import type { DeviceId } from '../../protocol/ids.ts';
import { limits } from '../../protocol/limits.ts';
import { headsOf } from '../../protocol/rooms/graph.ts';
import { encodePart } from '../../protocol/sync/parts.ts';
import type { Stop } from '../../ports/clock.ts';
import { pathOf } from '../mesh/peers.ts';
import type { Peer } from '../mesh/peers.ts';
import type { Room } from '../rooms/room.ts';
import type { MembersDesk } from './desk.ts';
import type { Turn } from './vault.ts';
import { clocksOf } from './voice.ts';

export interface Unread {
  heard(peer: Peer): void;
  /** We know now who they are: they get what waits for them, and each gives what the other lacks. */
  bound(peer: Peer): void;
  /** In a turn: what was under way to that device is lost. Each tells again what it has, and gives what the other lacks. */
  again(turn: Turn, device: DeviceId): Promise<void>;
  close(): void;
}

export function createUnread({ core, vault, post, peers }: MembersDesk): Unread {
  const planned = new Map<Peer, Stop>();
  /** Which devices a peer turned out not to be, or has not said to be yet, in this era of its path. */
  const tried = new WeakMap<Peer, { readonly era: number; readonly devices: Set<DeviceId>; readonly atMs: number }>();

  const plan = (peer: Peer): void => {
    if (planned.has(peer)) return;
    planned.set(
      peer,
      core.clock.after(calmMs, () => {
        planned.delete(peer);
        void core.lane.run(() => look(peer));
      }),
    );
  };

  /** Words that cross with new keys are unread for a moment, and nothing is wrong. */
  const look = async (peer: Peer): Promise<void> => {
    const rooms = roomsOf(peer);
    if (rooms.length === 0 || pathOf(peer) === null) return;
    let before = tried.get(peer);
    const nowMs = core.clock.ticksMs();
    if (before === undefined || before.era !== peer.era || nowMs - before.atMs >= againMs) {
      before = { era: peer.era, devices: new Set(), atMs: nowMs };
      tried.set(peer, before);
    }
    const { devices } = before;
    const all = rooms.flatMap((room) => candidates(room, peer).map((device) => ({ room, device })));
    const next = all.filter(({ device }) => !devices.has(device)).slice(0, mostAtOnce);
    if (next.length === 0 || devices.size >= mostTried) return;
    await vault.turn(async (turn) => {
      for (const { room, device } of next) {
        devices.add(device);
        await post.guess(turn, device, summaryIn(turn, room), peer);
      }
    });
    if (peer.device === null) plan(peer);
  };

  /**
   * Who it may be: those who are not here yet first, and of them those for whom something waits. Who is here may be so on the path of
   * a page that is gone, which nobody has noticed yet.
   */
  const candidates = (room: Room, peer: Peer): readonly DeviceId[] => {
    if (peer.device !== null) return room.members.has(peer.device) ? [peer.device] : [];
    const here = new Set(peers.inRoom(room.id).map((each) => each.device));
    // Of a room in part it may be anybody we ever spoke with.
    const all = vault.lackedIn(room.id).length > 0 ? vault.devices() : room.members.keys();
    const others = [...all].filter((device) => device !== vault.keys.us.device.id);
    const rank = (device: DeviceId): number => 2 * Number(here.has(device)) - Number(post.awaits(device));
    return others.sort((one, other) => rank(one) - rank(other));
  };

  const summaryIn = (turn: Turn, room: Room): Uint8Array => {
    const sealed = turn.room(room.id);
    const heads = sealed === null ? [] : headsOf(sealed.graph).slice(0, limits.operationParents);
    const wanted = vault.lackedIn(room.id).slice(-limits.syncThings);
    const part = encodePart(
      wanted.length === 0
        ? { kind: 'summary', asks: true, heads, clocks: clocksOf(room) }
        : { kind: 'want-operations', wanted, known: heads },
    );
    return encodeBetween({ kind: 'sync', room: room.id, part });
  };

  const roomsOf = (peer: Peer): readonly Room[] =>
    [...peer.rooms].flatMap((id) => {
      const room = core.rooms.get(id);
      return room?.kind === 'members' && room.stage === 'in' ? room : [];
    });

  return {
    heard: (peer) => {
      if (roomsOf(peer).length > 0) plan(peer);
    },
    bound: (peer) => {
      post.flush(peer);
      const { device } = peer;
      const rooms = roomsOf(peer).filter((room) => device !== null && room.members.has(device));
      if (device === null || rooms.length === 0) return;
      void core.lane.run(() =>
        vault.turn((turn) => {
          for (const room of rooms) post.pass(turn, device, summaryIn(turn, room), peer);
        }),
      );
    },
    again: async (turn, device) => {
      for (const peer of peers.all()) {
        if (peer.device !== device) continue;
        peer.told.clear();
        peer.given.clear();
      }
      for (const room of core.rooms.values()) {
        const isOurs = room.kind === 'members' && room.stage === 'in' && room.members.has(device);
        if (isOurs) await post.send(turn, device, summaryIn(turn, room));
      }
    },
    close: () => {
      for (const stop of planned.values()) stop();
    },
  };
}

const calmMs = 2_000;
const againMs = 60_000;
const mostAtOnce = 4;
/** Of a peer, in a minute. */
const mostTried = 64;
