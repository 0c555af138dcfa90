/** A person: the long-term keys whose hash is what everybody else knows them by. Stays on this person's own devices. */
import { bytesToHex } from '@noble/hashes/utils.js';
import { createReader, createWriter } from '../bytes.ts';
import type { PersonId } from '../ids.ts';
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { labelled } from '../suite/label.ts';
import { sizes } from '../suite/suite.ts';
import type { Luck, Suite } from '../suite/suite.ts';

export interface Person {
  readonly id: PersonId;
  readonly signSecret: Uint8Array;
  readonly dhSecret: Uint8Array;
  readonly signKey: Uint8Array;
  readonly dhKey: Uint8Array;
}

export const makePerson = (suite: Suite, luck: Luck): Person => personOf(suite, luck(sizes.signSecret), luck(sizes.dhKey));

/** P6: what is shown of a person is of this alone. */
export const personIdOf = (suite: Suite, signKey: Uint8Array, dhKey: Uint8Array): PersonId =>
  bytesToHex(suite.hash(labelled('person', signKey, dhKey))) as PersonId;

/** For the sealed record and the backup: version 1 · sign secret 32 · dh secret 32. */
export const encodePerson = (person: Person): Uint8Array =>
  createWriter().u8(version).fixed(person.signSecret).fixed(person.dhSecret).done();

export function decodePerson(suite: Suite, bytes: Uint8Array): Person | Refusal {
  const read = createReader(bytes);
  if (read.u8() !== version) return refuse(read.isGood() ? 'unknown-version' : 'truncated');
  const signSecret = read.fixed(sizes.signSecret);
  const dhSecret = read.fixed(sizes.dhKey);
  return read.isDone() ? personOf(suite, signSecret, dhSecret) : refuse('truncated');
}

const version = 1;

function personOf(suite: Suite, signSecret: Uint8Array, dhSecret: Uint8Array): Person {
  const signKey = suite.signPublic(signSecret);
  const dhKey = suite.dhPublic(dhSecret);
  return { id: personIdOf(suite, signKey, dhKey), signSecret, dhSecret, signKey, dhKey };
}
