/** What nobody has answered yet in a room of entries: what an entry made now says it has seen (M5). Read from the disk at the start. */
import type { Core } from '../core.ts';
import { decodeText } from '../../protocol/bytes.ts';
import { createGraph } from '../../protocol/entries/graph.ts';
import type { Graph } from '../../protocol/entries/graph.ts';
import { decodeEntry } from '../../protocol/entries/entry.ts';
import { outlineOf } from '../../protocol/entries/outline.ts';
import type { Outline } from '../../protocol/entries/outline.ts';
import { chooseParents } from '../../protocol/entries/parents.ts';
import { shortOf } from '../../protocol/ids.ts';
import type { DeviceId, MessageId, OperationId, Short } from '../../protocol/ids.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import type { StoredRecord } from '../../ports/storage.ts';
import { messageIdIn, under } from '../records.ts';
import { readDirect, readSigned } from './kept.ts';
import type { Room } from './room.ts';

export interface Newest {
  /** In the lane. */
  load(rooms: Iterable<Room>): Promise<void>;
  saw(room: Room, outline: Outline): void;
  /** `operations`: the heads of the room's. */
  parentsIn(room: Room, operations: readonly OperationId[]): readonly Short[];
}

export function createNewest(core: Core, me: DeviceId): Newest {
  const known = new WeakMap<Room, Known>();

  const knownOf = (room: Room): Known => {
    const before = known.get(room);
    if (before !== undefined && before.count < mostKept) return before;
    // What was answered long ago need not be known.
    const fresh: Known = { graph: createGraph(), count: 0, named: new Set([...(before?.named ?? [])].slice(-mostKept)) };
    for (const { outline } of before?.graph.heads() ?? []) take(fresh, outline);
    known.set(room, fresh);
    return fresh;
  };

  const take = (into: Known, outline: Outline): void => {
    into.graph.add(outline);
    into.count += 1;
    if (outline.device === me) for (const parent of outline.parents) into.named.add(parent);
  };

  const readFrom = async (records: readonly StoredRecord[], room: Room): Promise<void> => {
    for (const { key, value } of records) {
      const outline = outlineIn(key, value);
      if (outline !== null) take(knownOf(room), outline);
    }
  };

  return {
    load: async (rooms) => {
      for (const room of rooms) {
        if (room.keys !== null) continue;
        await readFrom(await core.storage.range({ ...under(`timeline/${room.id}`, mostRead), reverse: true }), room);
        // My own last ones too, however long ago: they say which operations I named.
        const logs = await core.storage.range({ ...under(`log/${room.id}/${me}`, mostOwn), reverse: true });
        const own = await Promise.all(logs.map(({ value }) => core.storage.get(decodeText(value) ?? '')));
        await readFrom(
          own.flatMap((record, at) => (record === null ? [] : { ...record, key: decodeText(logs[at]!.value) ?? '' })),
          room,
        );
      }
    },
    saw: (room, outline) => take(knownOf(room), outline),
    parentsIn: (room, operations) => {
      const { graph, named } = knownOf(room);
      const unnamed = operations.filter((operation) => !named.has(shortOf(operation)));
      return chooseParents(graph.heads(), me, unnamed);
    },
  };
}

interface Known {
  readonly graph: Graph;
  count: number;
  /** What entries of mine named. */
  readonly named: Set<Short>;
}

const mostRead = 64;
const mostOwn = 16;
const mostKept = 1_024;

function outlineIn(timelineKey: string, value: Uint8Array): Outline | null {
  const said = readSigned(value) ?? readDirect(value);
  const entry = said && decodeEntry(said.entry);
  if (said === null || entry === null || isRefusal(entry)) return null;
  return outlineOf(messageIdIn(timelineKey) as MessageId, said.device, entry);
}
