/**
 * K2: what a member had when it took the operation that brought somebody, is from before, whatever its author's clock said: written down
 * with the operation, for as long as the room is here.
 */
import type { Core } from '../core.ts';
import { shortOf } from '../../protocol/ids.ts';
import type { DeviceId, Short } from '../../protocol/ids.ts';
import type { Operation } from '../../protocol/rooms/operation.ts';
import type { Write } from '../../ports/storage.ts';
import { decodeJson, encodeJson, keyOf } from '../records.ts';
import { lastOf } from '../rooms/room.ts';
import type { Room } from '../rooms/room.ts';

/** In the commit that brings them. */
export const writeCame = (room: Room, operations: readonly Operation[]): readonly Write[] => {
  const bringing = operations.filter(({ act }) => act.kind === 'add' || act.kind === 'device');
  if (bringing.length === 0) return [];
  const clocks = [...room.heads].map(([device, head]) => `${shortOf(device)} ${lastOf(head)}`).join();
  const value = encodeJson({ clocks });
  return bringing.map(({ id }) => ({ op: 'put', key: keyOf.came(room.id, id), value }));
};

/** Whether an entry is from before that operation, as far as was seen here. Nothing was where it came before we did. */
export async function readCame(core: Core, room: Room, { id }: Operation): Promise<(device: DeviceId, seq: number) => boolean> {
  const record = await core.storage.get(keyOf.came(room.id, id));
  const clocks = (record && decodeJson(record.value, { clocks: 'string' })?.clocks) ?? '';
  const last = new Map(
    clocks
      .split(',')
      .map((each) => each.split(' '))
      .map(([device, seq]) => [device as Short, Number(seq)]),
  );
  return (device, seq) => seq <= (last.get(shortOf(device)) ?? 0);
}
