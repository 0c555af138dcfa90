/** Who appears in the frozen bytes: two persons with a device each, made with luck that is the same every time, at a time that stands still. */
import { createHash } from 'node:crypto';
import { nodeCryptoSuite } from '../../../src/adapters/node-crypto/suite.ts';
import { makeBundle } from '../../../src/protocol/people/bundle.ts';
import type { Bundle, BundleSecrets } from '../../../src/protocol/people/bundle.ts';
import { makeCertificate } from '../../../src/protocol/people/certificate.ts';
import type { Certificate } from '../../../src/protocol/people/certificate.ts';
import { makeDevice } from '../../../src/protocol/people/device.ts';
import type { Device } from '../../../src/protocol/people/device.ts';
import { makePerson } from '../../../src/protocol/people/person.ts';
import type { Person } from '../../../src/protocol/people/person.ts';
import { isRefusal } from '../../../src/protocol/refusal.ts';
import type { Luck, Suite } from '../../../src/protocol/suite/suite.ts';

export const suite: Suite = nodeCryptoSuite;
export const nowMs: number = Date.UTC(2026, 10, 20, 9, 30, 0, 250);
export const nowHour: number = Math.floor(nowMs / 3_600_000);
export const today: number = Math.floor(nowHour / 24);

/** Luck with a name: the same draws in the same order, every time. */
export const luckOf = (name: string): Luck => {
  let draws = 0;
  return (length) => {
    draws += 1;
    return new Uint8Array(createHash('shake256', { outputLength: length }).update(`${name} ${draws}`).digest());
  };
};

export type Member = {
  readonly person: Person;
  readonly device: Device;
  readonly certificate: Certificate;
  readonly bundle: Bundle;
  readonly secrets: BundleSecrets;
};

const member = (name: string): Member => {
  const person = makePerson(suite, luckOf(`${name}, person`));
  const device = makeDevice(suite, luckOf(`${name}, device`));
  const certificate = makeCertificate(suite, person, device, nowHour - 5_000, 2);
  const made = makeBundle(suite, device, certificate, luckOf(`${name}, bundle`), nowHour + 24 * 14);
  return { person, device, certificate, ...made };
};

export const [asha, badru, chiku]: [Member, Member, Member] = [member('Asha'), member('Badru'), member('Chiku')];

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
export const unhex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));

/** What the first implementation gives is a noun here, never a refusal. */
export const good = <T extends object>(made: T): Exclude<T, { readonly refused: unknown }> => {
  if (isRefusal(made)) throw new Error(`Refused: ${made.refused}`);
  return made as Exclude<T, { readonly refused: unknown }>;
};

/** Whether one of the two readers takes these bytes. */
type Verdict = (bytes: Uint8Array) => unknown;

/** Signs again what was changed: the last 64 bytes, over the label and all before. */
export const signedAgain =
  (signSecret: Uint8Array, name: string) =>
  (changed: Uint8Array): Uint8Array => {
    const said = changed.slice(0, Math.max(0, changed.length - 64));
    const label = new Uint8Array(Buffer.from(`wavu/2 ${name}`));
    return new Uint8Array([...said, ...suite.sign(signSecret, new Uint8Array([...label, ...said]))]);
  };

const takes = (read: Verdict, bytes: Uint8Array): boolean => {
  try {
    const outcome = read(bytes);
    return !(typeof outcome === 'object' && outcome !== null && 'refused' in outcome);
  } catch (thrown) {
    if (thrown instanceof Error && thrown.name === 'Unreadable') return false;
    throw thrown;
  }
};

/** What both readers say of these bytes, or that they differ. */
export const verdict = (
  bytes: Uint8Array,
  first: Verdict,
  second: Verdict,
): 'both take it' | 'both refuse it' | 'they differ' => {
  const [byFirst, bySecond] = [takes(first, bytes), takes(second, bytes)];
  if (byFirst !== bySecond) return 'they differ';
  return byFirst ? 'both take it' : 'both refuse it';
};

/**
 * Bytes changed a little in many ways: both readers take a variant, or neither does. Gives how many were taken, and those on which
 * they differ. `finish` makes the changed bytes whole again, where a signature over them would hide what is behind it.
 */
export const disagreements = (
  bytes: Uint8Array,
  first: Verdict,
  second: Verdict,
  { finish = (changed) => changed, places }: { finish?: (changed: Uint8Array) => Uint8Array; places?: number } = {},
): { readonly taken: number; readonly tried: number; readonly differ: readonly string[] } => {
  const luck = luckOf(`changes ${hex(bytes.slice(0, 64))}`);
  const variants: Uint8Array[] = [bytes, new Uint8Array([...bytes, 0]), new Uint8Array([...bytes, 0x80])];
  // Where nothing is made whole again, a signature or a seal refuses nearly all: fewer places say as much.
  const step = Math.ceil(bytes.length / (places ?? 100));
  for (let at = 0; at < bytes.length; at += step) {
    const [random = 0] = luck(1);
    for (const value of [
      0,
      1,
      0xff,
      (bytes[at] ?? 0) ^ (1 << (random & 7)),
      (bytes[at] ?? 0) ^ 0x80,
      ((bytes[at] ?? 0) + 1) & 255,
    ])
      variants.push(bytes.with(at, value));
    variants.push(bytes.slice(0, at));
  }
  const differ: string[] = [];
  let taken = 0;
  const isNew = (variant: Uint8Array, at: number): boolean => at === 0 || hex(variant) !== hex(bytes);
  for (const variant of variants.filter(isNew).map(finish)) {
    const [byFirst, bySecond] = [takes(first, variant), takes(second, variant)];
    if (byFirst) taken += 1;
    if (byFirst !== bySecond) differ.push(`${byFirst ? 'only the first' : 'only the second'} takes ${hex(variant)}`);
  }
  return { taken, tried: variants.length, differ };
};
