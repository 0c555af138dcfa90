/** Everything about people that is read from outside. */
import { decodeBundle, decodeBundleSecrets, encodeBundleSecrets } from '../../../src/protocol/people/bundle.ts';
import { decodeCertificate } from '../../../src/protocol/people/certificate.ts';
import { decodeDevice, encodeDevice } from '../../../src/protocol/people/device.ts';
import { decodeKnownDevices, encodeKnownDevices } from '../../../src/protocol/people/known-devices.ts';
import { decodePerson, encodePerson } from '../../../src/protocol/people/person.ts';
import { decodeRevocation, makeRevocation } from '../../../src/protocol/people/revocation.ts';
import { isRefusal } from '../../../src/protocol/refusal.ts';
import type { Refusal } from '../../../src/protocol/refusal.ts';
import type { FuzzedDecoder } from '../fuzz.ts';
import { asha, bo, hour, nowMs, suite } from './persons.ts';

const bytesOf = (noun: { readonly bytes: Uint8Array } | Refusal): Uint8Array | Refusal => (isRefusal(noun) ? noun : noun.bytes);
const encoded = <Noun extends object>(noun: Noun | Refusal, encode: (noun: Noun) => Uint8Array): Uint8Array | Refusal =>
  isRefusal(noun) ? noun : encode(noun);

const known = [
  { personId: asha.person.id, deviceId: asha.device.id, state: 'held' },
  { personId: bo.person.id, deviceId: bo.device.id, state: 'revoked' },
] as const;

export const peopleDecoders: readonly FuzzedDecoder[] = [
  {
    name: 'certificate',
    samples: [asha.certificate.bytes, bo.certificate.bytes],
    again: (bytes) => bytesOf(decodeCertificate(suite, bytes)),
  },
  {
    name: 'revocation',
    samples: [makeRevocation(suite, asha.person, bo.device.id, hour).bytes],
    again: (bytes) => bytesOf(decodeRevocation(suite, bytes, asha.certificate)),
  },
  {
    name: 'bundle',
    samples: [asha.bundle.bytes, bo.bundle.bytes],
    again: (bytes) => bytesOf(decodeBundle(suite, bytes, nowMs)),
  },
  {
    name: 'bundle secrets',
    samples: [encodeBundleSecrets(asha.secrets)],
    again: (bytes) => encoded(decodeBundleSecrets(bytes), encodeBundleSecrets),
  },
  { name: 'person', samples: [encodePerson(asha.person)], again: (bytes) => encoded(decodePerson(suite, bytes), encodePerson) },
  { name: 'device', samples: [encodeDevice(asha.device)], again: (bytes) => encoded(decodeDevice(suite, bytes), encodeDevice) },
  {
    name: 'known devices',
    samples: [encodeKnownDevices([]), encodeKnownDevices(known)],
    again: (bytes) => encoded(decodeKnownDevices(bytes), encodeKnownDevices),
  },
];
