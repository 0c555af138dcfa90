/** Runs in a page: hands the real adapters to the test that drives it, and runs the contract's cases on them. */
import { openDatabase } from '../../../src/adapters/idb/database.ts';
import { openStorage as openSealed } from '../../../src/adapters/idb/storage.ts';
import { createClock } from '../../../src/adapters/web/clock.ts';
import { createEntropy } from '../../../src/adapters/web/entropy.ts';
import { createTabs } from '../../../src/adapters/web/tabs.ts';
import type { OpenedStorage, Storage } from '../../../src/ports/storage.ts';
import { clockContract } from '../../contracts/clock.contract.ts';
import { entropyContract } from '../../contracts/entropy.contract.ts';
import { storageContract } from '../../contracts/storage.contract.ts';
import type { StorageSubject } from '../../contracts/storage.contract.ts';

export interface PortsPage {
  openStorage(name: string, shelvesVersion?: number): Promise<OpenedStorage>;
  /** What was logged, a line each. */
  readonly logged: string[];
  readonly createTabs: typeof createTabs;
  /** `holds`, or what does not. */
  runCase(name: string): Promise<string>;
}

const cases = [
  ...storageContract('[storage]', makeStorageSubject),
  ...clockContract('[clock]', async () => createClock()),
  ...entropyContract('[entropy]', async () => createEntropy()),
];

const logged: string[] = [];
const openStorage: PortsPage['openStorage'] = (name, shelvesVersion) =>
  openSealed(openDatabase(name, createEntropy().bytes, shelvesVersion), createEntropy().bytes, (event, facts) =>
    logged.push([event, ...Object.values(facts ?? {})].join(' ')),
  );

const ports: PortsPage = {
  openStorage,
  logged,
  createTabs,
  async runCase(name) {
    const found = cases.find((each) => each.name === name);
    if (found === undefined) return 'no such case';
    return await found.run().then(
      () => 'holds',
      (error: unknown) => String(error),
    );
  },
};
Object.assign(globalThis, { ports });

let subjects = 0;

async function makeStorageSubject(): Promise<StorageSubject> {
  const name = `contract-${++subjects}`;
  const opened: Storage[] = [];
  return {
    async open() {
      const answer = await openStorage(name);
      if (answer.state !== 'open') throw new Error(answer.why);
      opened.push(answer.storage);
      return answer.storage;
    },
    async dispose() {
      await Promise.all(opened.map((storage) => storage.close()));
    },
  };
}
