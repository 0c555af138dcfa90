/** Two strangers for the protocol benches, and what one session of theirs is made from. Runs in Node and in pages. */
import { createRandom } from '../../../src/adapters/memory/random.ts';
import type { Doorway, Prekey } from '../../../src/protocol/conversation/accept.ts';
import type { Beginning } from '../../../src/protocol/conversation/begin.ts';
import type { Us } from '../../../src/protocol/conversation/handshake.ts';
import { hourOf } from '../../../src/protocol/hour.ts';
import { makeBundle } from '../../../src/protocol/people/bundle.ts';
import { makeCertificate } from '../../../src/protocol/people/certificate.ts';
import { makeDevice } from '../../../src/protocol/people/device.ts';
import { makePerson } from '../../../src/protocol/people/person.ts';
import type { Person } from '../../../src/protocol/people/person.ts';
import { isRefusal } from '../../../src/protocol/refusal.ts';
import type { Refusal } from '../../../src/protocol/refusal.ts';
import type { Luck, Suite } from '../../../src/protocol/suite/suite.ts';

export const startMs = 1_795_000_000_000;

export interface Stranger {
  readonly person: Person;
  readonly us: Us;
  readonly prekey: Prekey;
}

export const luckOf = (seed: string): Luck => createRandom(`bench ${seed}`).bytes;

export function strangerOf(suite: Suite, luck: Luck): Stranger {
  const person = makePerson(suite, luck);
  const device = makeDevice(suite, luck);
  const certificate = makeCertificate(suite, person, device, hourOf(startMs), 2);
  return { person, us: { device, certificate }, prekey: makeBundle(suite, device, certificate, luck, hourOf(startMs) + 168) };
}

export const beginningOf = ({ us }: Stranger, { prekey }: Stranger, content: Uint8Array): Beginning => ({
  ...{ us, bundle: prekey.bundle, content, invite: null, replaces: null },
});

export const doorwayOf = ({ us, prekey }: Stranger): Doorway => ({
  ...{ us, prekeys: [prekey], pskOf: () => null, isSeen: () => false },
});

/** Kind 1 in front. What `entry.ts` adds to it is no business of a session. */
export const wordsOf = (text: string): Uint8Array => Uint8Array.of(1, ...new TextEncoder().encode(text));

export function good<Thing extends object>(thing: Thing | Refusal): Thing {
  if (isRefusal(thing)) throw new Error(`refused: ${thing.refused}`);
  return thing;
}
