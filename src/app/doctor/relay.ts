/** How the relay is reached now: its card is read anew, its link is looked for at once, and where none comes, why. */
import type { Clock } from '../../ports/clock.ts';
import type { RelayView } from '../view.ts';
import type { Instruments, Patient } from './doctor.ts';
import type { RelayFound } from './findings.ts';
import { until } from './until.ts';

/** After `wake`; `sureAtMs`: who was silent since has been given up by then. */
export async function findRelay(
  { clock, surroundings, readCard }: Instruments,
  patient: Patient,
  sureAtMs: number,
  signal: AbortSignal,
): Promise<RelayFound> {
  const relay = (): RelayView | null => patient.view().mesh.relay;
  const isForOthers = (): boolean => relay()?.state === 'not-let-in';
  const answers = (await within(clock, answerMs, signal, readCard)) !== null;
  await until(clock, patient, linkMs, signal, () => relay()?.state === 'open' || isForOthers());
  if (!answers) await until(clock, patient, sureAtMs - clock.ticksMs(), signal, () => relay()?.state !== 'open');
  await until(clock, patient, roundMs, signal, () => relay()?.state !== 'open' || relay()?.rttMs !== null);
  const seen = relay();
  if (seen?.state === 'open') return { state: 'open', door: doorOf(seen), answers, rttMs: seen.rttMs };
  if (isForOthers()) return { state: 'not-let-in' };
  if (!answers) return { state: 'silent' };
  const opens = await within(clock, answerMs, signal, surroundings.opensSocket);
  return { state: opens === true ? 'refuses' : 'shut' };
}

/** The second goes by UDP, past whatever stands before the address. */
const doorOf = ({ address }: RelayView): 'first' | 'second' => (address.includes('/udp/') ? 'second' : 'first');

/** Null: not in time. */
async function within<Answer>(
  clock: Clock,
  mostMs: number,
  signal: AbortSignal,
  ask: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer | null> {
  const late = new AbortController();
  const stop = clock.after(mostMs, () => late.abort());
  const both = AbortSignal.any([signal, late.signal]);
  const ended = new Promise<null>((end) => both.addEventListener('abort', () => end(null), { once: true }));
  const answer = await Promise.race([ask(both), ended]);
  stop();
  return answer;
}

const answerMs = 4_000;
/** The first door and, after it, one of the others. */
const linkMs = 5_000;
const roundMs = 1_500;
