/** Who lives on this device: made once, kept, renamed at will. */
import type { Core } from './core.ts';
import { decodeText } from '../protocol/bytes.ts';
import type { PersonId } from '../protocol/ids.ts';
import { deriveDevice, deviceSeedBytes } from '../protocol/device.ts';
import { keyOf } from './records.ts';
import { fitName } from './fit-name.ts';
import { nameBytes } from './fit.ts';

/** Answers whether somebody lives here. */
export async function loadIdentity(core: Core): Promise<boolean> {
  const seed = await core.storage.get(keyOf.device);
  const name = await core.storage.get(keyOf.name);
  if (seed === null || name === null) return false;
  core.setMe({ key: deriveDevice(seed.value), name: decodeText(name.value) ?? '' });
  const person = await core.storage.get(keyOf.shownAs);
  // Written by `showAs`, where it was what it is called.
  if (person !== null) core.setPerson((decodeText(person.value) ?? '') as PersonId);
  return true;
}

/** In the lane. The person's keys come late in a start: what others know us by is kept beside them, so that we see the same at once. */
export async function showAs(core: Core, person: PersonId): Promise<void> {
  core.setPerson(person);
  const shown = await core.storage.get(keyOf.shownAs);
  if (shown !== null && decodeText(shown.value) === person) return;
  await core.commit([{ op: 'put', key: keyOf.shownAs, value: new TextEncoder().encode(person) }], 'relaxed');
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
