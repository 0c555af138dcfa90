/** The doctor with this browser's own instruments, loaded when somebody asks for a check-up. */
import { thinProtocol } from './adapters/libp2p/thin-bytes.ts';
import { createClock } from './adapters/web/clock.ts';
import { readCard } from './adapters/web/read-card.ts';
import { createSurroundings } from './adapters/web/surroundings.ts';
import { openDoctorWith } from './app/doctor/doctor.ts';
import type { OpenDoctor } from './app/doctor/doctor.ts';

export const openDoctor: OpenDoctor = openDoctorWith({
  clock: createClock(),
  readCard,
  surroundings: createSurroundings(thinProtocol),
});
