/** Rooms of members with the page's own cryptography, loaded when the first such room is there. */
import { openMembersWith } from './app/members/open.ts';
import type { OpenMembers } from './app/members/open.ts';
import { nobleSuite } from './protocol/suite/noble.ts';

export const openMembers: OpenMembers = openMembersWith(nobleSuite);
