/** A room of five hundred devices, packed so that a page need not make it, and what removing one of them takes. */
import { fromBase64url, toBase64url } from '../../../src/protocol/bytes.ts';
import { begin } from '../../../src/protocol/conversation/begin.ts';
import { seal as sealToOne } from '../../../src/protocol/conversation/seal.ts';
import { decodeSession, encodeSession } from '../../../src/protocol/conversation/session-state.ts';
import type { SessionState } from '../../../src/protocol/conversation/session-state.ts';
import { encodeBetween } from '../../../src/protocol/entries/between.ts';
import { encodeRoomOperations } from '../../../src/protocol/entries/room-operations.ts';
import type { DeviceId, PersonId, RoomId } from '../../../src/protocol/ids.ts';
import { limits } from '../../../src/protocol/limits.ts';
import { decodeDevice, encodeDevice } from '../../../src/protocol/people/device.ts';
import { commitmentOf } from '../../../src/protocol/rooms/epoch.ts';
import { operationsOf } from '../../../src/protocol/rooms/graph.ts';
import { decodeKeyring, encodeKeyring } from '../../../src/protocol/rooms/keyring-state.ts';
import { makeRequest } from '../../../src/protocol/rooms/request.ts';
import { found, rekey, remove } from '../../../src/protocol/rooms/room-acts.ts';
import type { Done } from '../../../src/protocol/rooms/room-acts.ts';
import { act, resumeRoom, seal } from '../../../src/protocol/rooms/room.ts';
import type { Hands, Room } from '../../../src/protocol/rooms/room.ts';
import { createTagTable } from '../../../src/protocol/rooms/tag-table.ts';
import type { TagTable } from '../../../src/protocol/rooms/tag-table.ts';
import type { Suite } from '../../../src/protocol/suite/suite.ts';
import { encodeHop } from '../../../src/protocol/wire/hop.ts';
import { encodeParcel } from '../../../src/protocol/wire/parcel.ts';
import type { Jobs } from './jobs.ts';
import { beginningOf, good, luckOf, startMs, strangerOf, wordsOf } from './people.ts';

/** Base64url, as a page is handed it. */
export interface PackedRoom {
  readonly id: RoomId;
  readonly device: string;
  readonly operations: readonly string[];
  readonly keyring: string;
  /** With each other device that stays, in the order rows go out. */
  readonly sessions: readonly string[];
  /** Who came last, and is to be removed. */
  readonly gone: { readonly person: PersonId; readonly device: DeviceId };
}

/** Nobody has said anything yet, and the founder has a session with everybody. */
export function packRoom(suite: Suite): PackedRoom {
  const people = Array.from({ length: limits.devicesPerRoom }, (_, at) => strangerOf(suite, luckOf(`room ${at}`)));
  const [me, last] = [people[0]!, people.at(-1)!];
  const hands: Hands = { suite, me: me.us.device, luck: luckOf('founder'), nowMs: startMs };
  const policy = { mayRemove: 'members', historyDays: 0, disappearSeconds: 0 } as const;
  let { room } = found(hands, { certificate: me.us.certificate, called: 'first', name: 'Large', policy });
  for (const { us } of people.slice(1)) {
    const request = makeRequest(suite, { room: room.id, invite: null }, us.device, us.certificate, 'x', null).bytes;
    room = good(act(room, hands, { kind: 'add', invite: null, request, commitment: commitmentOf(suite, request) })).room;
  }
  room = good(rekey(room, hands)).room;
  const sessions = people
    .slice(1, -1)
    .map((them) => good(begin(suite, beginningOf(me, them, wordsOf('Hodi')), luckOf('sessions'), startMs)).state);
  return {
    id: room.id,
    device: toBase64url(encodeDevice(me.us.device)),
    operations: operationsOf(room.graph).map(({ bytes }) => toBase64url(bytes)),
    keyring: toBase64url(encodeKeyring(room.keyring)),
    sessions: sessions.map((state) => toBase64url(encodeSession(state))),
    gone: { person: last.person.id, device: last.us.device.id },
  };
}

export interface Removal {
  readonly done: Done;
  /** The two operations, cast to the room. */
  readonly cast: Uint8Array;
  /** To each of the others, over its session, as it goes into a parcel. */
  readonly rows: readonly Uint8Array[];
  readonly sessions: readonly SessionState[];
}

/** A room as if it had just been read from the disk, and what removes its last device from it. */
export function createRemoval(suite: Suite, packed: PackedRoom): () => { readonly room: Room; readonly run: () => Removal } {
  const device = good(decodeDevice(suite, bytesOf(packed.device)));
  const operations = packed.operations.map(bytesOf);
  const keyring = good(decodeKeyring(bytesOf(packed.keyring)));
  const sessions = packed.sessions.map((state) => good(decodeSession(bytesOf(state))));
  const hands: Hands = { suite, me: device, luck: luckOf('remover'), nowMs: startMs };
  return () => {
    const room = resumeRoom(suite, packed.id, operations, keyring);
    const lasts = [{ device: packed.gone.device, seq: 700 }];
    const removed = (): Done => good(remove(room, hands, packed.gone.person, lasts));
    return { room, run: () => removeOne(suite, hands, room, removed, sessions) };
  };
}

export function removalJobs(suite: Suite, packed: PackedRoom): Jobs {
  const fresh = createRemoval(suite, packed);
  /** The room as it was is known to the table; as it is afterwards is what takes time. */
  const warmTable = (room: Room): TagTable => {
    const table = createTagTable(suite);
    table.put(room.id, room.keyring);
    table.find(nobodys);
    return table;
  };
  let last: Removal | undefined;
  return {
    removal: () => {
      const { room, run } = fresh();
      const table = warmTable(room);
      const startedMs = performance.now();
      last = run();
      table.put(room.id, last.done.room.keyring);
      return performance.now() - startedMs;
    },
    'removal tags': () => {
      const { room, run } = fresh();
      const table = warmTable(room);
      table.put(room.id, run().done.room.keyring);
      const startedMs = performance.now();
      table.find(nobodys);
      return performance.now() - startedMs;
    },
    'removal records': () => {
      last ??= fresh().run();
      const startedMs = performance.now();
      encodeKeyring(last.done.room.keyring);
      for (const state of last.sessions) encodeSession(state);
      return performance.now() - startedMs;
    },
  };
}

/** An envelope whose tag is no one's, so that all that may be known is worked out. */
const nobodys = new Uint8Array(128).fill(1);

function removeOne(suite: Suite, hands: Hands, room: Room, removed: () => Done, states: readonly SessionState[]): Removal {
  const done = removed();
  // Those who stay know it under the old epoch.
  const said = good(seal(room, hands, encodeRoomOperations(done.operations.map(({ bytes }) => bytes))));
  const [rows] = done.rows;
  if (rows === undefined || rows.devices.length !== states.length) throw new Error('a row for each session');
  const content = encodeBetween({ kind: 'seed-row', body: rows.body });
  const sealed = states.map((state) => good(sealToOne(suite, state, content)));
  const hop = { ttl: 0, copies: 1, to: new Uint8Array(8) };
  const expiresHour = Math.floor(startMs / 3_600_000) + 168;
  return {
    done,
    cast: encodeHop({ ...hop, kind: 'envelope' }, said.envelope),
    rows: sealed.map(({ envelope }) =>
      encodeHop({ ...hop, kind: 'parcel' }, encodeParcel({ box: new Uint8Array(16), expiresHour }, envelope)),
    ),
    sessions: sealed.map(({ state }) => state),
  };
}

function bytesOf(text: string): Uint8Array {
  const bytes = fromBase64url(text);
  if (bytes === null) throw new Error('not base64url');
  return bytes;
}
