/** The operation that brought a device, as long as it is a member's. */
import type { DeviceId } from '../ids.ts';
import { viewNow } from './graph.ts';
import type { Graph } from './graph.ts';
import type { OperationNode } from './known.ts';
import { at } from './shared-list.ts';

export function arrivalOf(graph: Graph, device: DeviceId): OperationNode | null {
  const number = graph.known.devices.numbers.get(device);
  const there = number === undefined ? undefined : at(viewNow(graph).devices, number);
  return there?.state === 'here' ? (graph.known.nodes[there.since] ?? null) : null;
}
