/** The keys of this person and this device for rooms of members: made once, when first needed, and kept. */
import type { Core } from '../core.ts';
import { hourOf } from '../../protocol/hour.ts';
import { createReader, createWriter } from '../../protocol/bytes.ts';
import type { Prekey } from '../../protocol/conversation/accept.ts';
import { prekeyEndsHour } from '../../protocol/conversation/accept.ts';
import type { Us } from '../../protocol/conversation/handshake.ts';
import {
  bundleBytes,
  decodeBundleSecrets,
  encodeBundleSecrets,
  makeBundle,
  readOwnBundle,
} from '../../protocol/people/bundle.ts';
import { decodeCertificate, makeCertificate } from '../../protocol/people/certificate.ts';
import { decodeDevice, encodeDevice, makeDevice } from '../../protocol/people/device.ts';
import { decodePerson, encodePerson, makePerson } from '../../protocol/people/person.ts';
import type { Person } from '../../protocol/people/person.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import type { Refusal } from '../../protocol/refusal.ts';
import type { Luck, Suite } from '../../protocol/suite/suite.ts';
import type { Write } from '../../ports/storage.ts';
import { keyOf, under } from '../records.ts';

export interface Keys {
  readonly person: Person;
  readonly us: Us;
  /** What initials are answered with: the one handed out, and those before it that are still kept. */
  prekeys: readonly Prekey[];
}

/**
 * In the lane. Null: nobody lives here yet, the disk refused, or it does not give back all of what it was given; then nothing new is
 * made in its place: what is left of a person is more than another person.
 */
export async function loadKeys(core: Core, suite: Suite, luck: Luck): Promise<Keys | null> {
  const me = core.me();
  if (me === null) return null;
  const hour = hourOf(core.clock.nowMs());
  const records = [keyOf.person, keyOf.agreeing, keyOf.certificate].map((key) => core.storage.get(key));
  const [personRecord = null, deviceRecord = null, certificateRecord = null] = await Promise.all(records);
  const isNew = [personRecord, deviceRecord, certificateRecord].every((record) => record === null);
  if (isNew) {
    const person = makePerson(suite, luck);
    // The device keeps the key it has signed with before.
    const seeds = [me.key.seed];
    const device = makeDevice(suite, (length) => seeds.pop() ?? luck(length));
    const certificate = makeCertificate(suite, person, device, hour, wireVersion);
    const writes: Write[] = [
      // Where one lies there that could not be read, the disk refuses.
      { op: 'put', key: keyOf.person, value: encodePerson(person), expect: 0 },
      { op: 'put', key: keyOf.agreeing, value: encodeDevice(device), expect: 0 },
      { op: 'put', key: keyOf.certificate, value: certificate.bytes, expect: 0 },
    ];
    if (!(await core.commit(writes, 'strict'))) return null;
    return withPrekeys(core, suite, luck, { person, us: { device, certificate }, prekeys: [] });
  }
  const person = personRecord && decodePerson(suite, personRecord.value);
  const device = deviceRecord && decodeDevice(suite, deviceRecord.value);
  const certificate = certificateRecord && decodeCertificate(suite, certificateRecord.value);
  if (!isRead(person) || !isRead(device) || !isRead(certificate)) {
    core.log('keys-not-read');
    core.trouble('keys-not-read');
    return null;
  }
  return withPrekeys(core, suite, luck, { person, us: { device, certificate }, prekeys: await readPrekeys(core, suite) });
}

/** A new bundle well before the last one ends; what is over is erased (S2). */
export async function withPrekeys(core: Core, suite: Suite, luck: Luck, keys: Keys): Promise<Keys | null> {
  const hour = hourOf(core.clock.nowMs());
  const over = keys.prekeys.filter(({ bundle }) => prekeyEndsHour(bundle) < hour);
  const writes = over.map(({ bundle }): Write => ({ op: 'delete', key: keyOf.prekey(bundle.expiresHour) }));
  let prekeys = keys.prekeys.filter((prekey) => !over.includes(prekey));
  if (!prekeys.some(({ bundle }) => bundle.expiresHour > hour + renewHours)) {
    const made = makeBundle(suite, keys.us.device, keys.us.certificate, luck, hour + bundleHours);
    prekeys = [made, ...prekeys];
    const value = createWriter().fixed(made.bundle.bytes).fixed(encodeBundleSecrets(made.secrets)).done();
    writes.push({ op: 'put', key: keyOf.prekey(made.bundle.expiresHour), value });
  }
  if (writes.length > 0 && !(await core.commit(writes, 'strict'))) return null;
  return { ...keys, prekeys };
}

async function readPrekeys(core: Core, suite: Suite): Promise<readonly Prekey[]> {
  const records = await core.storage.range(under('me/prekey'));
  const read = records.flatMap(({ value }): Prekey[] => {
    const bytes = createReader(value);
    const bundle = readOwnBundle(suite, bytes.fixed(bundleBytes));
    const secrets = decodeBundleSecrets(bytes.rest());
    return isRefusal(bundle) || isRefusal(secrets) ? [] : [{ bundle, secrets }];
  });
  return read.sort((one, other) => other.bundle.expiresHour - one.bundle.expiresHour);
}

const isRead = <Noun extends object>(noun: Noun | Refusal | null): noun is Noun => noun !== null && !isRefusal(noun);

const wireVersion = 2;
const bundleHours = 24 * 14;
const renewHours = 24 * 7;
