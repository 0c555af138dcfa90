/** What a check of vectors is: it runs wherever a suite does, Node or page, and counts what it looked at. */
import type { Suite } from '../../../src/protocol/suite/suite.ts';

export interface Subject {
  readonly suite: Suite;
  /** ML-KEM-768 with FIPS 203's expanded key, which the suite has no use for but some vectors come with. */
  expandedDecapsulate(key: Uint8Array, ciphertext: Uint8Array): Uint8Array | null;
}

/** The text of a file of vectors, unpacked. */
export type ReadVectors = (path: string) => Promise<string>;
export type Check = (subject: Subject, read: ReadVectors) => Promise<Tally>;

export interface Tally {
  readonly checked: number;
  /** Another key or nonce size, say: seen to be refused where we can be asked at all. */
  readonly notOurs: number;
  /** The first ones, each by name. */
  readonly wrong: readonly string[];
}

export interface Counter {
  is(name: string, found: Uint8Array | boolean | null, wanted: Uint8Array | boolean | null): void;
  notOurs(): void;
  done(): Tally;
}

export function createCounter(): Counter {
  const wrong: string[] = [];
  let [checked, notOurs] = [0, 0];
  return {
    is: (name, found, wanted) => {
      checked += 1;
      if (render(found) !== render(wanted)) wrong.push(`${name}: ${render(found)} for ${render(wanted)}`);
    },
    notOurs: () => void (notOurs += 1),
    done: () => ({ checked, notOurs, wrong: wrong.slice(0, 20) }),
  };
}

/** The cases of a Wycheproof file, each with its group. */
export async function wycheproof<Group, Case>(
  read: ReadVectors,
  name: string,
): Promise<readonly { readonly group: Group; readonly test: Case & WycheproofCase }[]> {
  const file = JSON.parse(await read(`wycheproof/${name}_test.json`)) as {
    readonly testGroups: readonly (Group & { readonly tests: readonly (Case & WycheproofCase)[] })[];
  };
  return file.testGroups.flatMap((group) => group.tests.map((test) => ({ group, test })));
}

interface WycheproofCase {
  readonly tcId: number;
  readonly result: 'valid' | 'invalid' | 'acceptable';
}

export function fromHex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length / 2);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = parseInt(text.slice(at * 2, at * 2 + 2), 16);
  return bytes;
}

/** Our own keys of a wrong length are a bug, and thrown. */
export function throws(work: () => unknown): boolean {
  try {
    work();
    return false;
  } catch {
    return true;
  }
}

const render = (value: Uint8Array | boolean | null): string =>
  value instanceof Uint8Array ? Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('') : String(value);
