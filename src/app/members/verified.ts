/** Whose safety number was compared, by this device's person. */
import type { Core } from '../core.ts';
import type { PersonId } from '../../protocol/ids.ts';
import { keyOf, under } from '../records.ts';

export interface Verified {
  readonly all: ReadonlySet<PersonId>;
  set(person: PersonId, isVerified: boolean): Promise<boolean>;
}

export async function loadVerified(core: Core, onChanged: () => void): Promise<Verified> {
  const all = new Set((await core.storage.range(under('verified'))).map(({ key }) => key.split('/')[1] as PersonId));
  return {
    all,
    set: (person, isVerified) =>
      core.lane.run(async () => {
        const key = keyOf.verified(person);
        const write = isVerified ? ({ op: 'put', key, value: Uint8Array.of(1) } as const) : ({ op: 'delete', key } as const);
        if (!(await core.commit([write], 'strict'))) return false;
        if (isVerified) all.add(person);
        else all.delete(person);
        onChanged();
        return true;
      }),
  };
}
