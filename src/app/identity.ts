/** Who lives on this device: made once, kept, renamed at will. */
import type { Core } from './core.ts';
import { decodeText } from '../protocol/bytes.ts';
import { deriveDevice, deviceSeedBytes } from '../protocol/device.ts';
import { keyOf } from './records.ts';
import { fitName, nameBytes } from './fit.ts';

/** Answers whether somebody lives here. */
export async function loadIdentity(core: Core): Promise<boolean> {
  const seed = await core.storage.get(keyOf.device);
  const name = await core.storage.get(keyOf.name);
  if (seed === null || name === null) return false;
  core.setMe({ key: deriveDevice(seed.value), name: decodeText(name.value) ?? '' });
  return true;
}

export async function nameMe(core: Core, wanted: string): Promise<void> {
  const name = fitName(wanted, nameBytes);
  if (name === '') return;
  await core.lane.run(async () => {
    const me = core.me();
    const key = me?.key ?? deriveDevice(core.entropy.bytes(deviceSeedBytes));
    const named = { op: 'put', key: keyOf.name, value: new TextEncoder().encode(name) } as const;
    const made = { op: 'put', key: keyOf.device, value: key.seed, expect: 0 } as const;
    if (!(await core.commit(me === null ? [made, named] : [named], 'strict'))) return;
    core.setMe({ key, name });
    // Everybody hears of the new name with the next summary.
    for (const room of core.rooms.values()) room.changes += 1;
    core.store.change({ stage: 'ready' });
  });
}
