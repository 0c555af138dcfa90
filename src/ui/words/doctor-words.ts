/** What the check of the connection says. */
import type { Check, Findings, RelayFound } from '../../app/doctor/findings.ts';
import type { NextStep, Verdict } from '../../app/doctor/judge.ts';
import type { Counted } from './words.ts';

export interface DoctorWords {
  readonly title: string;
  readonly hint: string;
  readonly begin: string;
  readonly again: string;
  readonly stop: string;
  readonly stopped: string;
  readonly old: string;
  readonly failed: string;
  readonly looking: (now: string, of: string, what: string) => string;
  readonly copy: string;
  readonly copyFailed: string;
  readonly report: string;
  readonly names: Readonly<Record<Check, string>>;
  readonly verdicts: Readonly<Record<Verdict, string>>;
  readonly steps: Readonly<Record<NextStep, string>>;
  readonly next: (step: string) => string;
  readonly askToKeep: string;
  readonly notAgreed: string;
  readonly secure: string;
  readonly insecure: string;
  readonly online: string;
  readonly offline: string;
  readonly relayIn: (ms: string) => string;
  readonly relayOpen: string;
  readonly relaySecond: string;
  readonly relays: Readonly<Record<Exclude<RelayFound['state'], 'open'>, string>>;
  readonly webRtcAbsent: string;
  readonly webRtcRefused: string;
  readonly webRtcWorks: string;
  readonly webRtcFails: string;
  readonly hosts: { readonly addresses: string; readonly names: string; readonly none: string };
  readonly direct: Counted;
  readonly relayed: Counted;
  readonly nobody: string;
  readonly roomsOut: Counted;
  readonly kept: string;
  readonly notKept: string;
  readonly keptUnknown: string;
  readonly used: (used: string, most: string) => string;
  readonly starts: Readonly<Record<Findings['offline'], string>>;
}
