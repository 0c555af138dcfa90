/** Who has which devices, and what they are called, as far as the rooms of members here know. */
import type { Core } from '../core.ts';
import { summaryOf } from '../../protocol/rooms/summary.ts';
import type { Vault } from '../members/vault.ts';
import { fitName, nameBytes } from '../fit.ts';
import type { CertificateOf, DevicesOf } from './direct.ts';

export interface Directory {
  readonly certificateOf: CertificateOf;
  readonly devicesOf: DevicesOf;
}

export function createDirectory(core: Core, vault: Vault): Directory {
  const all = function* () {
    for (const id of core.rooms.keys()) {
      const sealed = vault.room(id);
      for (const { called, devices } of sealed === null ? [] : summaryOf(sealed.graph).members) {
        for (const { certificate } of devices) yield { certificate, called: fitName(called, nameBytes) };
      }
    }
  };
  return {
    certificateOf: (device) => [...all()].find(({ certificate }) => certificate.deviceId === device) ?? null,
    devicesOf: (person) => {
      const theirs = [...all()].filter(({ certificate }) => certificate.personId === person);
      // The same device in several rooms is one.
      return [...new Map(theirs.map((each) => [each.certificate.deviceId, each])).values()];
    },
  };
}
