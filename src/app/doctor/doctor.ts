/** Looks at each door this page has, one after the other, and says what it found as it goes. Loaded when somebody asks. */
import type { Clock } from '../../ports/clock.ts';
import type { ReadCard } from '../../ports/door.ts';
import type { Surroundings } from '../../ports/surroundings.ts';
import type { App } from '../app.ts';
import { checks } from './findings.ts';
import type { Check, Findings } from './findings.ts';
import { judge } from './judge.ts';
import type { Judgement } from './judge.ts';
import { findPeople } from './people.ts';
import { findRelay } from './relay.ts';
import { until } from './until.ts';

export interface Doctor {
  /** Tells what is looked at next, and what was found before it. Null: it was stopped. */
  examine(tell: (check: Check, found: Partial<Findings>) => void, signal: AbortSignal): Promise<CheckUp | null>;
  /** Asks the browser to keep what is stored here. */
  askToKeep(): Promise<boolean>;
}

export interface CheckUp {
  readonly found: Findings;
  readonly judgement: Judgement;
}

/** What the doctor needs of the app. */
export type Patient = Pick<App, 'view' | 'subscribe' | 'wake'>;
export type OpenDoctor = (patient: Patient) => Doctor;

export interface Instruments {
  readonly clock: Clock;
  readonly surroundings: Surroundings;
  readonly readCard: ReadCard;
}

export const openDoctorWith =
  (instruments: Instruments): OpenDoctor =>
  (patient) => ({
    examine: async (tell, signal) => {
      const { clock, surroundings } = instruments;
      // Looks for the relay at once, and asks everybody who is linked for a word.
      patient.wake(surroundings.isOnline());
      const sureAtMs = clock.ticksMs() + sureMs;
      const examine: { readonly [Name in Check]: () => Findings[Name] | Promise<Findings[Name]> } = {
        secure: surroundings.isSecure,
        online: surroundings.isOnline,
        relay: () => findRelay(instruments, patient, sureAtMs, signal),
        webRtc: () => surroundings.tryWebRtc(signal),
        people: async () => {
          await until(clock, patient, sureAtMs - clock.ticksMs(), signal, () => patient.view().mesh.neighbours.length === 0);
          return findPeople(patient.view());
        },
        storage: surroundings.storage,
        offline: surroundings.offlineStart,
      };
      let found: Partial<Findings> = {};
      for (const check of checks) {
        tell(check, found);
        const each = await examine[check]();
        if (signal.aborted) return null;
        found = { ...found, [check]: each };
      }
      const whole = found as Findings;
      return { found: whole, judgement: judge(whole) };
    },
    askToKeep: instruments.surroundings.askToKeep,
  });

/** Who says no word for three seconds after `wake` is given up, and that is looked at once a second. */
const sureMs = 4_500;
