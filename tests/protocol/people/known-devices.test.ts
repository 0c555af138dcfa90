/** Whose device is whose: first come, never handed on, never back. */
import { expect, test } from 'vitest';
import { limits } from '../../../src/protocol/limits.ts';
import { makeCertificate } from '../../../src/protocol/people/certificate.ts';
import type { Certificate } from '../../../src/protocol/people/certificate.ts';
import { makeDevice } from '../../../src/protocol/people/device.ts';
import {
  decodeKnownDevices,
  encodeKnownDevices,
  meetDevice,
  meetRevocation,
} from '../../../src/protocol/people/known-devices.ts';
import type { KnownDevices, Met } from '../../../src/protocol/people/known-devices.ts';
import type { Person } from '../../../src/protocol/people/person.ts';
import { makeRevocation } from '../../../src/protocol/people/revocation.ts';
import { isRefusal, refuse } from '../../../src/protocol/refusal.ts';
import { asha, bo, hour, luckOf, suite } from './persons.ts';

const met = (known: KnownDevices, certificate: Certificate): Met => {
  const answer = meetDevice(known, certificate);
  if (isRefusal(answer)) throw new Error(answer.refused);
  return answer;
};
const revoked = (known: KnownDevices, person: Person, certificate: Certificate): KnownDevices => {
  const answer = meetRevocation(known, makeRevocation(suite, person, certificate.deviceId, hour));
  if (isRefusal(answer)) throw new Error(answer.refused);
  return answer;
};
const phone = makeCertificate(suite, asha.person, makeDevice(suite, luckOf('phone')), hour, 2);
const claim = makeCertificate(suite, bo.person, asha.device, hour, 2);

test('[P6] a new device of a known person is told, the same one again is not', () => {
  const first = met([], asha.certificate);
  expect(first.news).toBe('new-person');
  const second = met(first.known, phone);
  expect(second.news).toBe('new-device');
  expect(met(second.known, asha.certificate)).toEqual({ known: second.known, news: 'none' });
});

test('[P3] a device known as one person’s is nobody else’s', () => {
  const { known } = met([], asha.certificate);
  expect(meetDevice(known, claim)).toEqual(refuse('equivocation'));
  // Nor once it was revoked.
  expect(meetDevice(revoked(known, asha.person, asha.certificate), claim)).toEqual(refuse('equivocation'));
});

test('[P4] a revoked device never comes back, told of once or twice, before or after it was seen', () => {
  const { known } = met([], asha.certificate);
  const after = revoked(known, asha.person, asha.certificate);
  expect(meetDevice(after, asha.certificate)).toEqual(refuse('revoked'));
  expect(revoked(after, asha.person, asha.certificate)).toEqual(after);
  const before = revoked([], asha.person, asha.certificate);
  expect(meetDevice(before, asha.certificate)).toEqual(refuse('revoked'));
  expect(met(before, phone).news).toBe('new-person');
});

test('[P4] a stranger’s revocation takes nobody’s device away', () => {
  const early = revoked([], bo.person, asha.certificate);
  const { known, news } = met(early, asha.certificate);
  expect(news).toBe('new-person');
  const late = revoked(known, bo.person, asha.certificate);
  expect(met(late, asha.certificate).news).toBe('none');
});

test('a person has so many devices, and so many disowned ones, and no more', () => {
  let known: KnownDevices = [];
  const device = (name: string): Certificate => makeCertificate(suite, asha.person, makeDevice(suite, luckOf(name)), hour, 2);
  for (let at = 0; at < limits.devicesPerPerson; at += 1) known = met(known, device(`d${at}`)).known;
  expect(meetDevice(known, device('more'))).toEqual(refuse('too-many'));
  // One goes, another may come.
  const after = revoked(known, asha.person, device('d3'));
  expect(met(after, device('more')).news).toBe('new-device');
  for (let at = 0; at < limits.disownedDevices; at += 1) known = revoked(known, asha.person, device(`x${at}`));
  expect(meetRevocation(known, makeRevocation(suite, asha.person, device('y').deviceId, hour))).toEqual(refuse('too-many'));
  expect(decodeKnownDevices(encodeKnownDevices(known))).toEqual(known);
});

test('a record that claims more than it holds is refused without room for it', () => {
  expect(decodeKnownDevices(Uint8Array.of(1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f))).toEqual(refuse('truncated'));
});
