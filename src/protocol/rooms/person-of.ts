/** Whose device it is, as a room's operations say: the device signed to come in under that person (P3). */
import type { DeviceId, PersonId } from '../ids.ts';
import { viewNow } from './graph.ts';
import type { Graph } from './graph.ts';
import { at } from './shared-list.ts';

/** Also of who has gone. Null: it never was in the room. */
export function personOf(graph: Graph, device: DeviceId): PersonId | null {
  const number = graph.known.devices.numbers.get(device);
  const there = number === undefined ? undefined : at(viewNow(graph).devices, number);
  return there?.certificate.personId ?? null;
}
