/** Two persons with a device each, always the same ones, and luck that can be had again. */
import { createHash } from 'node:crypto';
import { nodeCryptoSuite as suite } from '../../../src/adapters/node-crypto/suite.ts';
import { hourOf } from '../../../src/protocol/hour.ts';
import { makeBundle } from '../../../src/protocol/people/bundle.ts';
import type { Bundle, BundleSecrets } from '../../../src/protocol/people/bundle.ts';
import { makeCertificate } from '../../../src/protocol/people/certificate.ts';
import type { Certificate } from '../../../src/protocol/people/certificate.ts';
import { makeDevice } from '../../../src/protocol/people/device.ts';
import type { Device } from '../../../src/protocol/people/device.ts';
import { makePerson } from '../../../src/protocol/people/person.ts';
import type { Person } from '../../../src/protocol/people/person.ts';
import type { Luck } from '../../../src/protocol/suite/suite.ts';

export { suite };
export const nowMs: number = Date.UTC(2026, 10, 20, 12);
export const hour: number = hourOf(nowMs);
export const dayMs = 86_400_000;
export const hourMs = 3_600_000;

export function luckOf(name: string): Luck {
  let calls = 0;
  return (length) => {
    calls += 1;
    return new Uint8Array(createHash('shake256', { outputLength: length }).update(`${name} ${calls}`).digest());
  };
}

export interface Somebody {
  readonly person: Person;
  readonly device: Device;
  readonly certificate: Certificate;
  readonly bundle: Bundle;
  readonly secrets: BundleSecrets;
}

export function somebody(name: string, expiresHour: number = hour + 240): Somebody {
  const luck = luckOf(name);
  const person = makePerson(suite, luck);
  const device = makeDevice(suite, luck);
  const certificate = makeCertificate(suite, person, device, hour, 2);
  return { person, device, certificate, ...makeBundle(suite, device, certificate, luck, expiresHour) };
}

export const asha: Somebody = somebody('Asha');
export const bo: Somebody = somebody('Bo');
