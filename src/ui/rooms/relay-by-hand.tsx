/** Where a browser lets this page get to a relay by no door: its own page is opened beside, and what that shows is pasted here. */
import { useEffect, useState } from 'react';
import type { FormEvent, ReactElement } from 'react';
import type { RelayRefused } from '../../app/view.ts';
import { Icon } from '../parts/icon.tsx';
import { useDeed } from '../shell/trouble.ts';
import { useActs } from '../use-app.ts';
import { useAllWords } from '../words/all-words.ts';
import { relayRefusedWords } from './relay-refused.ts';

export interface RelayByHandProps {
  /** Of the relay, as it was pasted. */
  readonly link: string;
  /** What the relay's page shows, as typed or scanned so far. */
  readonly answer: string;
  readonly onAnswer: (answer: string) => void;
  readonly onLinked: () => void;
}

export function RelayByHand({ link, answer, onAnswer, onLinked }: RelayByHandProps): ReactElement | null {
  const { w } = useAllWords();
  const acts = useActs();
  const { isBusy, problem, dare } = useDeed();
  const [page, setPage] = useState<string | null>(null);
  const [refused, setRefused] = useState<RelayRefused | null>(null);
  /** An offer is good for one try. */
  const [turn, setTurn] = useState(0);

  useEffect(() => {
    let isOver = false;
    const offer = async (): Promise<void> => {
      const offered = await acts.offerRelay(link);
      if (isOver) return;
      if ('page' in offered) setPage(offered.page);
      else setRefused(offered.refused);
    };
    offer().catch(() => !isOver && setRefused('stopped'));
    return () => {
      isOver = true;
    };
  }, [acts, link, turn]);

  const take = async (text: string): Promise<void> => {
    if (text.trim() === '') return;
    setRefused(null);
    const linked = await dare(async () => {
      const why = await acts.takeRelayAnswer(text);
      setRefused(why);
      if (why !== null && why !== 'not-answer') {
        onAnswer('');
        setPage(null);
        setTurn((before) => before + 1);
      }
      return why === null;
    }, '');
    if (linked === true) onLinked();
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void take(answer);
  };

  // No way by hand either: why the relay is not reached stands above.
  if (page === null && turn === 0) return null;
  return (
    <form className="stack" onSubmit={submit}>
      <p className="quiet small">{w.join.byHand}</p>
      {page !== null && (
        <a className="way" href={page} target="_blank" rel="noopener noreferrer">
          <Icon name="mesh" />
          <span className="way-says">{w.join.openPage}</span>
          <span className="way-hint">{w.join.opensBeside}</span>
        </a>
      )}
      <label htmlFor="relay-answer">{w.join.answer}</label>
      <input
        id="relay-answer"
        className="field"
        value={answer}
        onChange={(event) => onAnswer(event.target.value)}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        enterKeyHint="go"
        dir="ltr"
        aria-invalid={refused !== null}
        aria-describedby="answer-refused"
      />
      <p id="answer-refused" className="error" role="alert">
        {refused === null ? problem : relayRefusedWords(refused, w)}
      </p>
      <div className="actions">
        <button type="submit" className="deep" aria-disabled={isBusy}>
          {isBusy ? w.join.connecting : w.join.useAnswer}
        </button>
      </div>
    </form>
  );
}
