/** One message: others along the cord of their knot, mine as a tinted block with its delivery on the lower edge. */
import { createContext, memo, useContext, useState } from 'react';
import type { Context, NamedExoticComponent, ReactElement } from 'react';
import type { Mark, MessageView } from '../../app/view.ts';
import { DeliveryCord } from '../parts/cord.tsx';
import { hueOf } from '../parts/knot-path.ts';
import { Knot } from '../parts/knot.tsx';
import { useNow } from '../parts/now.ts';
import { useWords } from '../words/speak.tsx';
import type { Speech } from '../words/speak.tsx';

export interface MessageProps {
  readonly message: MessageView;
  readonly opens: boolean;
  readonly closes: boolean;
  readonly newest: boolean;
}

/** What a room puts beside each message; null: nothing. */
export const Beside: Context<((message: MessageView) => ReactElement | null) | null> = createContext<
  ((message: MessageView) => ReactElement | null) | null
>(null);

export const Message: NamedExoticComponent<MessageProps> = memo(function Message(props: MessageProps): ReactElement {
  return props.message.mine ? <Mine {...props} /> : <Theirs {...props} />;
});

function Theirs({ message, opens, closes, newest }: MessageProps): ReactElement {
  const { f } = useWords();
  const beside = useContext(Beside);
  return (
    <article className={`theirs ${hueOf(message.face)}`} data-opens={opens} data-closes={closes} data-newest={newest}>
      {opens && <Knot of={message.face} size={32} />}
      {opens && (
        <p className="by">
          <bdi>
            <b>{message.name}</b>
          </bdi>{' '}
          <time dateTime={iso(message.sentAtMs)}>{f.clock(message.sentAtMs)}</time>
        </p>
      )}
      <p className="text" dir="auto">
        {message.text}
      </p>
      {beside?.(message)}
    </article>
  );
}

function Mine({ message, opens, newest }: MessageProps): ReactElement {
  const speech = useWords();
  const beside = useContext(Beside);
  const [asked, setAsked] = useState(false);
  const mark = message.mark ?? waiting;
  const word = markWord(mark, speech);
  const time = speech.f.clock(message.sentAtMs);
  return (
    <article className="mine" data-opens={opens} data-newest={newest} data-word={newest || asked}>
      <div className="mine-block">
        <p className="text" dir="auto">
          {message.text}
        </p>
        <DeliveryCord mark={mark} />
      </div>
      <button type="button" className="mark" aria-expanded={newest || asked} onClick={() => setAsked(!asked)}>
        <span>{word}</span> <time dateTime={iso(message.sentAtMs)}>{time}</time>
      </button>
      {beside?.(message)}
    </article>
  );
}

const waiting: Mark = { state: 'waiting' };

export function markWord(mark: Mark, { w, f }: Speech): string {
  switch (mark.state) {
    case 'alone':
      return w.mark.alone;
    case 'waiting':
      return w.mark.waiting;
    case 'left':
      return w.mark.left;
    case 'received':
      return f.count(w.mark.received, mark.by);
  }
}

/** A day is a knot on a cord across the whole room. */
export function DayKnot({ atMs }: { readonly atMs: number }): ReactElement {
  const { f } = useWords();
  const nowMs = useNow();
  return (
    <div className="day">
      <i />
      <svg width="36" height="20" viewBox="0 0 36 20" aria-hidden="true">
        <path d="M0 10H16M23 10H36M11.5 7.4A7 7 0 1 1 11.5 12.6" />
      </svg>
      <h2>{f.day(atMs, nowMs)}</h2>
      <i />
    </div>
  );
}

export function FreshLine(): ReactElement {
  const { w } = useWords();
  return (
    <p className="fresh-line">
      <i />
      <span>{w.home.fresh}</span>
      <i />
    </p>
  );
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}
