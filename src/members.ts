/** Rooms of members with the page's own cryptography, and large rooms: loaded when the first of either is there. */
import { openMembersWith } from './app/members/open.ts';
import type { OpenMembers } from './app/members/open.ts';
import { nobleSuite } from './protocol/suite/noble.ts';

// Together: as a chunk of its own it would cut what they share out of the mesh, and cost every page a kilobyte.
export { createHere } from './app/here/here.ts';

export const openMembers: OpenMembers = openMembersWith(nobleSuite);
