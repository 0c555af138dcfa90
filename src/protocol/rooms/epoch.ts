/** What follows from an epoch's seed: where its tags come from, a chain for each device, what its forwarders may know it by. */
import { hexToBytes } from '@noble/hashes/utils.js';
import type { DeviceId, OperationId } from '../ids.ts';
import { label, labelled } from '../suite/label.ts';
import type { Suite } from '../suite/suite.ts';

export const seedBytes = 32;

/** K1: what the operation says of the seed. */
export const commitmentOf = (suite: Suite, seed: Uint8Array): Uint8Array => suite.hash(seed);

export const tagsOf = (suite: Suite, epoch: OperationId, seed: Uint8Array): Uint8Array =>
  suite.kdf(hexToBytes(epoch), seed, label('epoch tags'), 32);

export const castSecretOf = (suite: Suite, epoch: OperationId, seed: Uint8Array): Uint8Array =>
  suite.kdf(hexToBytes(epoch), seed, label('cast secret'), 32);

export const headOf = (suite: Suite, epoch: OperationId, seed: Uint8Array, device: DeviceId): Uint8Array =>
  suite.kdf(hexToBytes(epoch), seed, labelled('head', hexToBytes(device)), 32);

/** K2. */
export const addedHeadOf = (suite: Suite, epoch: OperationId, headSeed: Uint8Array, device: DeviceId): Uint8Array =>
  suite.kdf(hexToBytes(epoch), headSeed, labelled('added head', hexToBytes(device)), 32);

export const tagKeyOf = (suite: Suite, tags: Uint8Array, device: DeviceId): Uint8Array =>
  suite.mac(tags, labelled('device', hexToBytes(device))).slice(0, 32);

/** Thousands at a time: so without a writer. */
export function tagAt(suite: Suite, tagKey: Uint8Array, n: number): Uint8Array {
  const name = label('tag');
  const said = new Uint8Array(name.length + 4);
  said.set(name);
  new DataView(said.buffer).setUint32(name.length, n);
  return suite.mac(tagKey, said).slice(0, 8);
}
