/** The words two people read to each other, and what I make of them. */
import { useEffect, useState } from 'react';
import type { ReactElement } from 'react';
import type { SafetyView } from '../../app/view.ts';
import { useDeed } from '../shell/trouble.ts';
import { useActs } from '../use-app.ts';
import { useAllWords } from '../words/all-words.ts';
import type { Member } from './members.ts';

export interface CompareWordsProps {
  readonly person: Member;
  readonly onBack: () => void;
}

export function CompareWords({ person: { name, member }, onBack }: CompareWordsProps): ReactElement {
  const { w } = useAllWords();
  const acts = useActs();
  const { isBusy, problem, dare } = useDeed();
  const safety = useSafety(member.person);

  const settle = async (isVerified: boolean): Promise<void> => {
    const isDone = await dare(() => acts.setVerified(member.person, isVerified), w.person.verdictNotKept);
    if (isDone) onBack();
  };

  if (safety === null)
    return (
      <>
        <p role="alert">{w.person.nothingToCompare}</p>
        <div className="actions">
          <button type="button" className="plain" onClick={onBack}>
            {w.common.back}
          </button>
        </div>
      </>
    );
  return (
    <>
      <p>{member.isVerified ? w.person.compared(name) : w.person.compareHow(name)}</p>
      <div className="safety" aria-busy={safety === 'asked'}>
        <Rows label={w.person.words} parts={safety === 'asked' ? [] : safety.words} className="safety-words" />
        <Rows label={w.person.digits} parts={safety === 'asked' ? [] : safety.digits} className="safety-digits" />
      </div>
      <p className="quiet">{w.person.differ}</p>
      <p className="error" role="alert">
        {problem}
      </p>
      <div className="actions one-row">
        <button type="button" className="plain" onClick={onBack}>
          {w.common.back}
        </button>
        {member.isVerified ? (
          <button type="button" className="plain strong danger-text" aria-disabled={isBusy} onClick={() => void settle(false)}>
            {w.person.takeBack}
          </button>
        ) : (
          <button
            type="button"
            className="deep"
            aria-disabled={isBusy || safety === 'asked'}
            onClick={() => safety !== 'asked' && void settle(true)}
          >
            {w.person.same}
          </button>
        )}
      </div>
    </>
  );
}

interface RowsProps {
  readonly label: string;
  readonly parts: readonly string[];
  readonly className: string;
}

/** Two rows of five: as long as a breath. */
function Rows({ label, parts, className }: RowsProps): ReactElement {
  return (
    <ol className={className} aria-label={label} dir="ltr" translate="no">
      {parts.map((part, at) => (
        // The same may stand twice.
        <li key={`${at}-${part}`}>{part}</li>
      ))}
    </ol>
  );
}

/** Null: there is nothing to compare with here. */
function useSafety(person: Member['member']['person']): SafetyView | 'asked' | null {
  const acts = useActs();
  const [safety, setSafety] = useState<SafetyView | 'asked' | null>('asked');
  useEffect(() => {
    let isCurrent = true;
    acts.safetyOf(person).then(
      (found) => isCurrent && setSafety(found),
      () => isCurrent && setSafety(null),
    );
    return () => {
      isCurrent = false;
    };
  }, [acts, person]);
  return safety;
}
