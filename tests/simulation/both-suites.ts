/**
 * One scenario under the real suite and again under the counted one, which must be one run.
 *
 * Ids are hashes, and who acts first hangs on the order of ids, so two suites part as soon as two members may act. Therefore the real suite
 * runs untouched, but for a note of each new hash, and the counted one is told: its nth new input has the nth of those hashes. A run that
 * strays asks for them in another order, so this cannot make two runs alike that are not.
 *
 * Compared is all that happens in the world (when, what, to whom, of how many bytes), every line of every log with its facts, what every
 * device and guest shows in the end (ids, members, timelines, marks), and the rows. Not compared are the bytes of frames: keys, signatures
 * and ciphertexts are stand-ins under the one suite, as are the tags and topics made of them.
 */
import { nodeCryptoSuite } from '../../src/adapters/node-crypto/suite.ts';
import { bytesToHex } from '../../src/protocol/bytes.ts';
import type { Suite } from '../../src/protocol/suite/suite.ts';
import { countedSuite } from './room-run.ts';
import type { Scenario } from './room-run.ts';
import type { Row } from './rows.ts';

type Run = (scenario: Scenario) => Promise<readonly Row[]>;
type Hash = Uint8Array;

export interface Both {
  readonly real: readonly string[];
  readonly counted: readonly string[];
  /** Null: there is none. */
  readonly firstDifference: { readonly at: number; readonly real: string; readonly counted: string } | null;
}

/** `tell`: false leaves the counted suite its own hashes, to see that the comparison can see. */
export async function runBoth(run: Run, scenario: Scenario, tell = true): Promise<Both> {
  const noted: Hash[] = [];
  const real = await traced(run, { ...scenario, suite: noting(nodeCryptoSuite, noted) });
  const counted = await traced(run, { ...scenario, suite: tell ? told(countedSuite(), noted) : countedSuite() });
  const at = Array.from({ length: Math.max(real.length, counted.length) }).findIndex((_, line) => real[line] !== counted[line]);
  return { real, counted, firstDifference: at < 0 ? null : { at, real: real[at] ?? 'over', counted: counted[at] ?? 'over' } };
}

async function traced(run: Run, scenario: Scenario): Promise<readonly string[]> {
  const lines: string[] = [];
  const rows = await run({ ...scenario, trace: (line) => lines.push(line) });
  const alike = rows.filter(({ name }) => name !== 'suite' && name !== 'traceHash');
  return [...lines, ...alike.map((row) => JSON.stringify(row))];
}

const noting = (suite: Suite, noted: Hash[]): Suite => {
  const known = new Set<string>();
  return {
    ...suite,
    hash: (bytes) => {
      const found = suite.hash(bytes);
      const name = bytesToHex(found);
      if (!known.has(name)) noted.push(found.slice());
      known.add(name);
      return found;
    },
  };
};

const told = (suite: Suite, noted: readonly Hash[]): Suite => {
  const known = new Map<string, Hash>();
  return {
    ...suite,
    hash: (bytes) => {
      const own = suite.hash(bytes);
      const name = bytesToHex(own);
      const found = known.get(name) ?? noted[known.size] ?? own;
      known.set(name, found);
      return found.slice();
    },
  };
};
