/** The jobs in a real page, with the cryptography pages have: built into one script and put into an empty page. */
import { nobleSuite } from '../../../src/protocol/suite/noble.ts';
import { createJobs } from './jobs.ts';
import type { Jobs } from './jobs.ts';
import type { PackedRoom } from './removal.ts';

declare global {
  var openProtocolJobs: ((packed: PackedRoom | null) => void) | undefined;
  var protocolJobs: Jobs | undefined;
}

globalThis.openProtocolJobs = (packed) => {
  globalThis.protocolJobs = createJobs(nobleSuite, packed);
};
