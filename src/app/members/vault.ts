/** The live keys of rooms and sessions: read from the disk at the start, changed a turn at a time, each turn one commit. */
import { bytesToHex } from '../../protocol/bytes.ts';
import type { Core } from '../core.ts';
import { emptyPair, encodePair, onlyOf, restorePair } from '../../protocol/conversation/pair.ts';
import type { Pair } from '../../protocol/conversation/pair.ts';
import type { SessionState } from '../../protocol/conversation/session-state.ts';
import { createTagIndex } from '../../protocol/conversation/tag-index.ts';
import type { FoundTag } from '../../protocol/conversation/tag-index.ts';
import type { DeviceId, OperationId, PersonId, RoomId } from '../../protocol/ids.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import { isKnown, operationsOf } from '../../protocol/rooms/graph.ts';
import { decodeKeyring, encodeKeyring } from '../../protocol/rooms/keyring-state.ts';
import { emptyKeyring } from '../../protocol/rooms/keyring.ts';
import { personOf } from '../../protocol/rooms/person-of.ts';
import { lackedIn, resumeRoom, withoutChains } from '../../protocol/rooms/room.ts';
import type { Hands, Room as SealedRoom } from '../../protocol/rooms/room.ts';
import { createTagTable } from '../../protocol/rooms/tag-table.ts';
import type { Place } from '../../protocol/rooms/tag-table.ts';
import type { Luck, Suite } from '../../protocol/suite/suite.ts';
import type { Write } from '../../ports/storage.ts';
import { keyOf, roomAndNumberIn, under } from '../records.ts';
import { writeCame } from './came.ts';
import type { Keys } from './keys.ts';

export interface Vault {
  readonly suite: Suite;
  readonly luck: Luck;
  readonly keys: Keys;
  /** What a room's verbs need of this device and this moment. */
  hands(): Hands;
  /** As the disk has it. */
  room(id: RoomId): SealedRoom | null;
  /**
   * Operations of a room that the disk does not give back: to be asked of others. Until they are here, nobody can say who is in it: no
   * keys are made in it, nobody is let in or put out.
   */
  lackedIn(id: RoomId): readonly OperationId[];
  /** The sessions with that device, and with nobody who only says to be it (P3). */
  pair(device: DeviceId): Pair;
  /** Sessions that were begun in a device's name, as it turned out. */
  lies(): readonly { readonly device: DeviceId; readonly sessions: readonly SessionState[] }[];
  /** With whom there are sessions. */
  devices(): Iterable<DeviceId>;
  /** Both look no further than a stranger's tag may cost us; `work` goes on from there. */
  findPlace(envelope: Uint8Array): Place | null;
  /** True: tags are left to be worked out, after so much of it. */
  work(slices: 0 | 1): boolean;
  findSession(tag: Uint8Array): (FoundTag & { readonly device: DeviceId; readonly initialId: string }) | null;
  /** In the lane. All that `run` changed is on the disk when it answers true, else nothing is changed. */
  turn(run: (turn: Turn) => void | Promise<void>): Promise<boolean>;
  forget(room: RoomId): void;
}

/** States as they are within the turn. Nothing leaves the device before the turn is on the disk. */
export interface Turn {
  room(id: RoomId): SealedRoom | null;
  setRoom(next: SealedRoom): void;
  /** Set in this turn. */
  rooms(): readonly RoomId[];
  pair(device: DeviceId): Pair;
  /** P3: nobody else is known to have that device. */
  mayBe(device: DeviceId, person: PersonId): boolean;
  setPair(device: DeviceId, next: Pair): void;
  write(...writes: readonly Write[]): void;
  /** Runs once it is on the disk. */
  after(run: () => void): void;
  /** Runs if it does not come to that. */
  failed(run: () => void): void;
}

export async function openVault(core: Core, suite: Suite, luck: Luck, keys: Keys): Promise<Vault> {
  const rooms = new Map<RoomId, SealedRoom>();
  const torn = new Map<RoomId, readonly OperationId[]>();
  /** Where a room's next operation is put. */
  const nextRow = new Map<RoomId, number>();
  const pairs = new Map<DeviceId, Pair>();
  const places = createTagTable(suite);
  const tags = createTagIndex(suite);

  /** A lie is found out the moment that the operations are here, in the same turn. */
  const isWhose =
    (device: DeviceId, roomNow: Turn['room']) =>
    (person: PersonId): boolean => {
      let isKnown = false;
      for (const room of core.rooms.values()) {
        const sealed = room.kind === 'members' ? roomNow(room.id) : null;
        const said = room.person?.deviceId === device ? room.person.personId : sealed && personOf(sealed.graph, device);
        if (said === person) return true;
        isKnown ||= said !== null;
      }
      return !isKnown;
    };

  const indexPair = (device: DeviceId, before: Pair | undefined, next: Pair): void => {
    const names = new Set(next.sessions.map(({ state }) => nameOf(device, state)));
    for (const { state } of before?.sessions ?? []) {
      if (!names.has(nameOf(device, state))) tags.drop(nameOf(device, state));
    }
    for (const { state } of next.sessions) tags.put(nameOf(device, state), state.receiving);
  };

  for (const { key, value } of await core.storage.range(under('pair'))) {
    const device = key.slice('pair/'.length) as DeviceId;
    const pair = restorePair(suite, value);
    if (isRefusal(pair)) core.log('pair-not-read', { why: pair.refused });
    else pairs.set(device, pair);
  }
  for (const [device, pair] of pairs) indexPair(device, undefined, pair);
  const keyrings = new Map(
    (await core.storage.range(under('keyring'))).map(({ key, value }) => [key.split('/')[1] as RoomId, value]),
  );
  const members = [...core.rooms.values()].filter(({ kind }) => kind === 'members').map(({ id }) => id);
  for (const id of new Set([...keyrings.keys(), ...members])) {
    const rows = await core.storage.range(under(`operation/${id}`));
    const stored = keyrings.get(id);
    const keyring = stored === undefined ? null : decodeKeyring(stored);
    const isRead = keyring !== null && !isRefusal(keyring);
    // Nothing of it came to the disk yet: it is knocked at.
    if (!isRead && rows.length === 0) continue;
    const operations = rows.map(({ value }) => value);
    const room = resumeRoom(suite, id, operations, isRead ? keyring : emptyKeyring);
    const lacked = lackedIn(room);
    const isWhole = isRead && lacked.length === 0;
    if (lacked.length > 0) torn.set(id, lacked);
    if (!isWhole) core.log('room-not-whole', { room: id, operations: room.graph.count, waiting: room.graph.waiting.length });
    rooms.set(id, isWhole ? room : withoutChains(room));
    places.put(id, rooms.get(id)?.keyring ?? null);
    // Behind what could not be read too.
    nextRow.set(
      id,
      rows.reduce((next, { key }) => Math.max(next, roomAndNumberIn(key).n + 1), 0),
    );
  }

  const turn: Vault['turn'] = async (run) => {
    const nextRooms = new Map<RoomId, SealedRoom>();
    const nextPairs = new Map<DeviceId, Pair>();
    const writes: Write[] = [];
    const afters: (() => void)[] = [];
    const failures: (() => void)[] = [];
    const now: Turn = {
      room: (id) => nextRooms.get(id) ?? rooms.get(id) ?? null,
      setRoom: (next) => {
        nextRooms.set(next.id, next);
        places.put(next.id, next.keyring);
      },
      rooms: () => [...nextRooms.keys()],
      pair: (device) => onlyOf(nextPairs.get(device) ?? pairs.get(device) ?? emptyPair, isWhose(device, now.room)),
      mayBe: (device, person) => isWhose(device, now.room)(person),
      setPair: (device, next) => {
        indexPair(device, nextPairs.get(device) ?? pairs.get(device), next);
        nextPairs.set(device, next);
      },
      write: (...more) => void writes.push(...more),
      after: (then) => void afters.push(then),
      failed: (then) => void failures.push(then),
    };
    const undo = (): void => {
      for (const id of nextRooms.keys()) places.put(id, rooms.get(id)?.keyring ?? null);
      for (const [device, next] of nextPairs) indexPair(device, next, pairs.get(device) ?? emptyPair);
      for (const then of failures) then();
    };
    try {
      await run(now);
    } catch (error) {
      undo();
      core.log('turn-failed');
      throw error;
    }
    for (const next of nextRooms.values()) {
      const fresh = operationsOf(next.graph).slice(rooms.get(next.id)?.graph.count ?? 0);
      const first = nextRow.get(next.id) ?? 0;
      const room = core.rooms.get(next.id);
      if (room !== undefined) writes.push(...writeCame(room, fresh));
      fresh.forEach(({ bytes }, at) => writes.push({ op: 'put', key: keyOf.operation(next.id, first + at), value: bytes }));
      afters.push(() => void nextRow.set(next.id, first + fresh.length));
      writes.push({ op: 'put', key: keyOf.keyring(next.id), value: encodeKeyring(next.keyring) });
    }
    for (const [device, next] of nextPairs) writes.push({ op: 'put', key: keyOf.pair(device), value: encodePair(next) });
    if (writes.length > 0 && !(await core.commit(writes, 'strict'))) {
      undo();
      return false;
    }
    for (const [id, next] of nextRooms) rooms.set(id, next);
    for (const [device, next] of nextPairs) pairs.set(device, next);
    for (const then of afters) then();
    return true;
  };

  return {
    suite,
    luck,
    keys,
    hands: () => ({ suite, me: keys.us.device, luck, nowMs: core.clock.nowMs() }),
    room: (id) => rooms.get(id) ?? null,
    lackedIn: (id) => {
      const graph = rooms.get(id)?.graph;
      const lacked = torn.get(id)?.filter((each) => graph !== undefined && !isKnown(graph, each)) ?? [];
      if (lacked.length === 0) torn.delete(id);
      return lacked;
    },
    pair: (device) =>
      onlyOf(
        pairs.get(device) ?? emptyPair,
        isWhose(device, (id) => rooms.get(id) ?? null),
      ),
    lies: () =>
      [...pairs].flatMap(([device, { sessions }]) => {
        const isTheirs = isWhose(device, (id) => rooms.get(id) ?? null);
        const lies = sessions.filter(({ person }) => !isTheirs(person)).map(({ state }) => state);
        return lies.length > 0 ? { device, sessions: lies } : [];
      }),
    devices: () => pairs.keys(),
    findPlace: (envelope) => places.find(envelope, { tags: tagsAtOnce }),
    work: (slices) => {
      const arePlacesLeft = places.work(slices * tagsAtOnce);
      return tags.work(slices * blocksAtOnce) || arePlacesLeft;
    },
    findSession: (tag) => {
      const found = tags.find(tag, { blocks: blocksAtOnce });
      if (found === null) return null;
      const [device, initialId] = found.session.split('/');
      return { ...found, device: device as DeviceId, initialId: initialId ?? '' };
    },
    turn,
    forget: (id) => {
      rooms.delete(id);
      nextRow.delete(id);
      places.put(id, null);
    },
  };
}

/** A few milliseconds' worth. */
const tagsAtOnce = 256;
const blocksAtOnce = 4;

export const sessionName = (state: Pick<SessionState, 'initialId'>): string => bytesToHex(state.initialId);

const nameOf = (device: DeviceId, state: SessionState): string => `${device}/${sessionName(state)}`;
