/** Who has which devices, and what they are called, as far as the rooms of members here know. */
import type { Core } from '../core.ts';
import type { DeviceId } from '../../protocol/ids.ts';
import type { Graph } from '../../protocol/rooms/graph.ts';
import { summaryOf } from '../../protocol/rooms/summary.ts';
import type { Vault } from '../members/vault.ts';
import { fitName } from '../fit-name.ts';
import { nameBytes } from '../fit.ts';
import type { CertificateOf, DevicesOf } from './direct.ts';

export interface Directory {
  readonly certificateOf: CertificateOf;
  readonly devicesOf: DevicesOf;
}

export function createDirectory(core: Core, vault: Vault): Directory {
  /** Asked at each word of somebody, where a room changes seldom. */
  const known = new WeakMap<Graph, ReadonlyMap<DeviceId, Entry>>();

  const entriesIn = (graph: Graph): ReadonlyMap<DeviceId, Entry> => {
    const before = known.get(graph);
    if (before !== undefined) return before;
    const entries = new Map<DeviceId, Entry>();
    for (const { called, devices } of summaryOf(graph).members) {
      for (const { device, certificate } of devices) entries.set(device, { certificate, called: fitName(called, nameBytes) });
    }
    known.set(graph, entries);
    return entries;
  };

  const all = (): readonly ReadonlyMap<DeviceId, Entry>[] =>
    [...core.rooms.keys()].flatMap((id) => {
      const sealed = vault.room(id);
      return sealed === null ? [] : entriesIn(sealed.graph);
    });

  return {
    certificateOf: (device) => {
      for (const entries of all()) {
        const entry = entries.get(device);
        if (entry !== undefined) return entry;
      }
      return null;
    },
    devicesOf: (person) => {
      const theirs = all().flatMap((entries) =>
        [...entries.values()].filter(({ certificate }) => certificate.personId === person),
      );
      // The same device in several rooms is one.
      return [...new Map(theirs.map((each) => [each.certificate.deviceId, each])).values()];
    },
  };
}

type Entry = NonNullable<ReturnType<CertificateOf>>;
