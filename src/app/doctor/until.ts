/** Waits for the app's view, but not for ever. */
import type { Clock } from '../../ports/clock.ts';
import type { Patient } from './doctor.ts';

/** Until it is so, or too long, or stopped. */
export function until(clock: Clock, patient: Patient, mostMs: number, signal: AbortSignal, isSo: () => boolean): Promise<void> {
  return new Promise((done) => {
    const end = (): void => {
      stopClock();
      stopLooking();
      signal.removeEventListener('abort', end);
      done();
    };
    const stopClock = clock.after(Math.max(0, mostMs), end);
    const stopLooking = patient.subscribe(() => isSo() && end());
    signal.addEventListener('abort', end);
    if (isSo() || signal.aborted) end();
  });
}
