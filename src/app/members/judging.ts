/** M2: a removal that comes later ends what the device went on saying, and one that is void after all ends nothing: entries are judged again. */
import { decodeText } from '../../protocol/bytes.ts';
import { decodeEntry } from '../../protocol/entries/entry.ts';
import type { DeviceId } from '../../protocol/ids.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import { endsOf, whyNot } from '../../protocol/rooms/counting.ts';
import type { Graph } from '../../protocol/rooms/graph.ts';
import type { Timelines } from '../rooms/timeline.ts';
import { keyOf, under } from '../records.ts';
import { lastOf } from '../rooms/keep-message.ts';
import { readKept, readSigned } from '../rooms/kept.ts';
import type { Room } from '../rooms/room.ts';
import type { MembersDesk } from './desk.ts';
import type { Turn } from './vault.ts';

export interface Judging {
  /** The room's operations may say something else than before. */
  watch(room: Room): void;
}

export function createJudging({ core, vault }: MembersDesk, timelines: Timelines): Judging {
  /** What the last judgement went by. */
  const judgedBy = new WeakMap<Room, string>();

  /** Of what a device said above that number: what stands where it should not. */
  const misplaced = async (room: Room, graph: Graph, device: DeviceId, above: number): Promise<readonly Moved[]> => {
    const log = under(`log/${room.id}/${device}`);
    const records = await core.storage.range({ ...log, from: keyOf.log(room.id, device, above + 1) });
    const moved: Moved[] = [];
    for (const record of records) {
      const from = decodeText(record.value) ?? '';
      const kept = await core.storage.get(from);
      const signed = kept && readSigned(kept.value);
      const entry = signed && decodeEntry(signed.entry);
      if (!kept || !signed || !entry || isRefusal(entry)) continue;
      const isVoid = whyNot(graph, { device, epochId: signed.epochId, seq: entry.seq, parents: entry.parents }) !== null;
      const to = isVoid ? keyOf.voided(from) : keyOf.unvoided(from);
      if (to !== from) moved.push({ log: record.key, from, to, value: kept.value, isVoid });
    }
    return moved;
  };

  const devicesIn = async (room: Room, graph: Graph): Promise<ReadonlyMap<DeviceId, number>> => {
    const first = new Map<DeviceId, number>();
    const note = (device: DeviceId, above: number): void => void first.set(device, Math.min(above, first.get(device) ?? above));
    for (const { device, seq } of endsOf(graph)) note(device, seq);
    for (const { value } of await core.storage.range(under(`voided/${room.id}`))) {
      const signed = readSigned(value);
      if (signed !== null) note(signed.device, 0);
    }
    return first;
  };

  const judge = async (turn: Turn, room: Room, graph: Graph): Promise<void> => {
    const moved: Moved[] = [];
    for (const [device, above] of await devicesIn(room, graph)) moved.push(...(await misplaced(room, graph, device, above)));
    if (moved.length === 0) return;
    for (const { log, from, to, value } of moved) {
      turn.write({ op: 'delete', key: from }, { op: 'put', key: to, value });
      turn.write({ op: 'put', key: log, value: new TextEncoder().encode(to) });
    }
    turn.after(() => {
      timelines.remove(
        room,
        moved.flatMap(({ from, isVoid }) => (isVoid ? from : [])),
      );
      timelines.add(
        room,
        moved.flatMap(({ to, value, isVoid }) => (isVoid ? [] : (readKept(to, value) ?? []))),
      );
      void core.lane.run(() => showLast(room));
    });
  };

  const showLast = async (room: Room): Promise<void> => {
    const newest = await core.storage.range({ ...under(`timeline/${room.id}`, 8), reverse: true });
    const lines = newest.flatMap(({ key, value }) => readKept(key, value) ?? []);
    const line = lines.find(({ text }) => text !== '');
    room.last = line === undefined ? null : lastOf(line, core.me()?.key.id);
    core.showRooms();
  };

  return {
    watch: (room) => {
      const graph = vault.room(room.id)?.graph;
      if (graph === undefined) return;
      const by = endsOf(graph)
        .map(({ device, seq }) => `${device}${seq}`)
        .join();
      if ((judgedBy.get(room) ?? '') === by) return;
      judgedBy.set(room, by);
      void core.lane.run(() => vault.turn((turn) => judge(turn, room, graph)));
    },
  };
}

interface Moved {
  readonly log: string;
  readonly from: string;
  readonly to: string;
  readonly value: Uint8Array;
  readonly isVoid: boolean;
}
