/** Whether what a device said in a room counts, by what the room's operations say now (M2, M3). Asked again when they say more. */
import type { DeviceId, Short } from '../ids.ts';
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { isEpoch } from './epochs.ts';
import { nodeOf, viewNow } from './graph.ts';
import type { Graph } from './graph.ts';
import { isBefore } from './known.ts';
import type { OperationNode } from './known.ts';
import type { Slot } from './signed.ts';
import { at, entriesOf } from './shared-list.ts';
import { eachOf } from './view.ts';

export interface SaidEntry extends Pick<Slot, 'device' | 'epochId'> {
  readonly seq: number;
  readonly parents: readonly Short[];
}

/** Null: it counts. */
export function whyNot(graph: Graph, said: SaidEntry): Refusal | null {
  const view = viewNow(graph);
  const { nodes, devices, shorts } = graph.known;
  const number = devices.numbers.get(said.device);
  if (number === undefined || at(view.devices, number) === undefined) return refuse('unknown-device');
  const epoch = nodeOf(graph, said.epochId);
  if (epoch === null || !isEpoch(epoch)) return refuse('bad-epoch');
  const named = said.parents.flatMap((short) => {
    const id = shorts.get(short);
    return (id === undefined ? null : nodeOf(graph, id)) ?? [];
  });
  for (const place of eachOf(view.removals)) {
    const removal = nodes[place]!;
    // Under an epoch that knows of the removal, the device can only be because it was let in again.
    if (isBefore(removal, epoch)) continue;
    if (named.some((parent) => parent === removal || isBefore(removal, parent))) return refuse('stale-epoch');
    const last = lastOf(removal, said.device, at(view.devices, number)!.person);
    if (last !== null && said.seq > last) return refuse('revoked');
  }
  return null;
}

/** M2: behind which seqs the removals that count leave something to be judged again, by device. */
export function endsOf(graph: Graph): readonly { readonly device: DeviceId; readonly seq: number }[] {
  const view = viewNow(graph);
  const { nodes, devices } = graph.known;
  const ends: { readonly device: DeviceId; readonly seq: number }[] = [];
  for (const place of eachOf(view.removals)) {
    for (const [number, { person }] of entriesOf(view.devices)) {
      const device = devices.ids[number]!;
      const seq = lastOf(nodes[place]!, device, person);
      if (seq !== null) ends.push({ device, seq });
    }
  }
  return ends;
}

/** Null: the removal is of somebody else. */
function lastOf({ operation: { act }, strike }: OperationNode, device: DeviceId, person: number): number | null {
  if (act.kind === 'revoke') return act.device === device ? act.seq : null;
  if (act.kind !== 'remove' || strike?.hits !== 'person' || strike.person !== person) return null;
  const seqs = act.lasts.filter((last) => last.device === device).map((last) => last.seq);
  // A device that the remover did not know of has said nothing that counts.
  return seqs.length === 0 ? 0 : Math.min(...seqs);
}
