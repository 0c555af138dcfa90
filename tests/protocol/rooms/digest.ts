/** One line for what a room comes to, to compare replicas by; nothing in it depends on the order in which things came. */
import type { Graph } from '../../../src/protocol/rooms/graph.ts';
import { castEpochOf } from '../../../src/protocol/rooms/epochs.ts';
import { summaryOf } from '../../../src/protocol/rooms/summary.ts';

export function digestOf(graph: Graph): string {
  const { voids, ...room } = summaryOf(graph);
  void voids;
  return JSON.stringify({
    ...room,
    members: room.members.map(({ person, role, called, devices }) => ({
      person,
      role,
      called,
      devices: devices.map(({ device, since }) => `${device} ${since}`).toSorted(),
    })),
    invites: room.invites.toSorted((one, other) => (one.operation < other.operation ? -1 : 1)),
    epochs: room.epochs.toSorted(),
    removals: room.removals.toSorted(),
    gone: room.gone.toSorted((one, other) => (one.device < other.device ? -1 : 1)),
    cast: castEpochOf(graph),
  });
}
