/** Makes rooms of members ready: this device's keys first, then all that lives on the disk. */
import type { Core } from '../core.ts';
import type { Suite } from '../../protocol/suite/suite.ts';
import { keyOf } from '../records.ts';
import { loadKeys } from './keys.ts';
import { createMembers } from './members.ts';
import type { MembersDeskInit, MembersHands } from './hands.ts';
import type { Members } from './members.ts';
import { openVault } from './vault.ts';

/** Everything about rooms of members is loaded when the first is there: a start without them does not pay for it. */
export type OpenMembers = (core: Core, desk: MembersDeskInit, hands: MembersHands) => Promise<Members | null>;

/** Null: nobody lives here yet, or the disk refused. */
export const openMembersWith =
  (suite: Suite): OpenMembers =>
  (core, desk, hands) =>
    core.lane.run(async () => {
      const luck = core.entropy.bytes;
      // What was being written when the last start ended may be here, and not yet safe from a power cut. Nothing is said from it before.
      await core.commit([{ op: 'put', key: keyOf.started, value: Uint8Array.of(1) }], 'strict');
      const keys = await loadKeys(core, suite, luck);
      return keys && createMembers(core, await openVault(core, suite, luck, keys), desk, hands);
    });
