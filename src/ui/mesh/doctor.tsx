/** "Check my connection": each door in turn as it is tried, then one verdict and one next step. Shows nothing that was not measured. */
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import type { ReactElement } from 'react';
import type { CheckUp } from '../../app/doctor/doctor.ts';
import { checks } from '../../app/doctor/findings.ts';
import { verdictNow } from '../../app/doctor/judge.ts';
import type { Check, Findings } from '../../app/doctor/findings.ts';
import { FactCord } from '../parts/cord.tsx';
import { Icon } from '../parts/icon.tsx';
import { copyText } from '../shell/invite-link.ts';
import { useActs, useView } from '../use-app.ts';
import { useAllWords } from '../words/all-words.ts';
import { buildName } from '../you/build-name.ts';
import { linesOf, reportOf } from './doctor-says.ts';
import './doctor.css';

type Visit =
  | { readonly state: 'none' | 'failed' }
  | { readonly state: 'looking'; readonly check: Check; readonly found: Partial<Findings> }
  | { readonly state: 'stopped'; readonly found: Partial<Findings> }
  | { readonly state: 'done'; readonly checkUp: CheckUp };

interface DoctorProps {
  readonly onPair: () => void;
  /** Somebody pressed the sentence that says how it stands: begin, and come into sight. */
  readonly asked: object | null;
}

export function DoctorPart({ onPair, asked }: DoctorProps): ReactElement {
  const { w, f } = useAllWords();
  const acts = useActs();
  const [visit, setVisit] = useState<Visit>({ state: 'none' });
  const verdict = useView((view) => (visit.state === 'done' ? verdictNow(view) : null));
  const visiting = useRef<AbortController | null>(null);
  const again = useRef<HTMLButtonElement>(null);
  useEffect(() => () => visiting.current?.abort(), []);

  const begin = async (): Promise<void> => {
    visiting.current?.abort();
    const here = (visiting.current = new AbortController());
    setVisit({ state: 'looking', check: checks[0]!, found: {} });
    try {
      const doctor = await acts.doctor();
      const checkUp = await doctor.examine(
        (check, found) => !here.signal.aborted && setVisit({ state: 'looking', check, found }),
        here.signal,
      );
      if (checkUp !== null) setVisit({ state: 'done', checkUp });
    } catch {
      if (!here.signal.aborted) setVisit({ state: 'failed' });
    }
  };
  const stop = (): void => {
    visiting.current?.abort();
    setVisit((now) => (now.state === 'looking' ? { state: 'stopped', found: now.found } : now));
  };
  const askToKeep = async (): Promise<boolean> => {
    const isKept = await (await acts.doctor()).askToKeep();
    if (!isKept) return false;
    // What was pressed goes with what it was for.
    again.current?.focus();
    await begin();
    return true;
  };

  const place = useRef<HTMLElement>(null);
  const answer = useEffectEvent(() => void begin());
  useEffect(() => {
    if (asked) answer();
  }, [asked]);
  const isLooking = visit.state === 'looking';
  useEffect(() => {
    // On top: what is found grows downwards.
    if (asked && isLooking) place.current?.scrollIntoView();
  }, [asked, isLooking]);

  const found = visit.state === 'done' ? visit.checkUp.found : 'found' in visit ? visit.found : {};
  const lines = linesOf(found, { w, f });
  return (
    <section ref={place} className="doctor" aria-labelledby="doctor" data-state={visit.state}>
      <h2 id="doctor">{w.doctor.title}</h2>
      {visit.state === 'none' && <p className="quiet small">{w.doctor.hint}</p>}
      <output className="doctor-word">
        {visit.state === 'looking' &&
          w.doctor.looking(f.number(checks.indexOf(visit.check) + 1), f.number(checks.length), w.doctor.names[visit.check])}
        {visit.state === 'stopped' && w.doctor.stopped}
        {visit.state === 'done' && (
          <>
            <b data-verdict={visit.checkUp.judgement.verdict}>{w.doctor.verdicts[visit.checkUp.judgement.verdict]}</b>{' '}
            <span data-next={visit.checkUp.judgement.next}>{w.doctor.steps[visit.checkUp.judgement.next]}</span>
            {verdict !== visit.checkUp.judgement.verdict && <span className="old">{w.doctor.old}</span>}
          </>
        )}
      </output>
      {visit.state === 'failed' && (
        <p className="error" role="alert">
          {w.doctor.failed}
        </p>
      )}
      {visit.state === 'done' && <NextButton next={visit.checkUp.judgement.next} onPair={onPair} onKeep={askToKeep} />}
      {lines.length > 0 && (
        <dl>
          {lines.map(({ check, name, says, isWell }) => (
            <div key={check} data-check={check} data-well={isWell}>
              <dt>
                <FactCord tied={isWell} />
                {name}
              </dt>
              <dd>{says}</dd>
            </div>
          ))}
        </dl>
      )}
      <div className="doctor-acts">
        {visit.state === 'looking' ? (
          <button type="button" className="plain strong" onClick={stop}>
            {w.doctor.stop}
          </button>
        ) : (
          <button ref={again} type="button" className="plain strong" onClick={() => void begin()}>
            {visit.state === 'none' ? w.doctor.begin : w.doctor.again}
          </button>
        )}
        {visit.state === 'done' && <Report text={reportOf(visit.checkUp, buildName(), { w, f })} />}
      </div>
    </section>
  );
}

interface NextButtonProps {
  readonly next: CheckUp['judgement']['next'];
  readonly onPair: () => void;
  readonly onKeep: () => Promise<boolean>;
}

/** Where the next step can be taken here. */
function NextButton({ next, onPair, onKeep }: NextButtonProps): ReactElement | null {
  const { w } = useAllWords();
  const [isRefused, setRefused] = useState(false);
  const ask = async (): Promise<void> => setRefused(!(await onKeep().catch(() => false)));
  switch (next) {
    case 'pair':
    case 'join-network':
      return (
        <button type="button" className="deep" onClick={onPair}>
          <Icon name="mesh" />
          {w.home.pair}
        </button>
      );
    case 'keep-storage':
      return (
        <>
          <button type="button" className="deep" onClick={() => void ask()}>
            {w.doctor.askToKeep}
          </button>
          <output>{isRefused ? w.doctor.notAgreed : ''}</output>
        </>
      );
    default:
      return null;
  }
}

/** To ask somebody for help with. */
function Report({ text }: { readonly text: string }): ReactElement {
  const { w } = useAllWords();
  const [copied, setCopied] = useState<boolean | null>(null);
  return (
    <>
      <button type="button" className="plain" onClick={() => void copyText(text).then(setCopied)}>
        {copied === true ? w.common.copied : w.doctor.copy}
      </button>
      <output className="sr">{copied === true ? w.common.copied : ''}</output>
      {copied === false && (
        <>
          <p className="error" role="alert">
            {w.doctor.copyFailed}
          </p>
          <textarea className="field" readOnly rows={10} value={text} aria-label={w.doctor.report} />
        </>
      )}
    </>
  );
}
