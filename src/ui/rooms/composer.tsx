/** Where I write. It never moves; what is unsent stays with its room. */
import { useEffect, useRef, useState } from 'react';
import type { KeyboardEvent, ReactElement } from 'react';
import type { RoomView } from '../../app/view.ts';
import { byteLength, lettersOver, textBytes } from '../../app/fit.ts';
import { Icon } from '../parts/icon.tsx';
import { useActs } from '../use-app.ts';
import { useWords } from '../words/speak.tsx';

export interface ComposerProps {
  readonly room: RoomView['id'];
  /** Why nothing goes out just now; what is written stays. */
  readonly hold?: string | null;
}

export function Composer({ room, hold = null }: ComposerProps): ReactElement {
  const { w, f } = useWords();
  const acts = useActs();
  const [text, setText] = useState(unsent.get(room) ?? '');
  const [failed, setFailed] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const tooLong = text.length * 3 > textBytes && byteLength(text) > textBytes;

  useEffect(() => {
    // A keyboard that covers half the phone comes only when asked for.
    if (matchMedia('(hover: hover)').matches) field.current?.focus();
  }, []);

  useEffect(() => {
    const isFirst = (): boolean => !unsent.has(room);
    // What the page before this one left.
    if (isFirst()) acts.unsent(room).then((left) => isFirst() && setText(left), ignore);
  }, [acts, room]);

  const keep = (next: string): void => {
    setText(next);
    unsent.set(room, next);
    acts.keepUnsent(room, next).catch(ignore);
  };

  const send = async (): Promise<void> => {
    const said = text.trim();
    if (said === '' || tooLong || hold) return;
    setText('');
    setFailed(false);
    // Until the disk has it, the disk has it as unsent: for the page after this one, should this one end now.
    unsent.set(room, '');
    const isKept = await acts.send(room, said).catch(() => false);
    const newer = unsent.get(room) ?? '';
    // What was begun meanwhile went with it; and what is not kept comes back into the field, unless something new is there already.
    if (newer !== '' || !isKept) keep(newer || said);
    setFailed(!isKept);
  };

  const keyed = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void send();
  };

  const problem = tooLong ? w.room.tooLong : failed ? w.room.notKept : null;
  // Said once, not at every letter.
  const tooMany = tooLong && lettersOver(text, textBytes);
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {problem && (
        <p className="error">
          <span role="alert">{problem}</span> {tooMany && f.count(w.room.tooMany, tooMany)}
        </p>
      )}
      {hold && text && <p className="hold">{hold}</p>}
      <textarea
        ref={field}
        rows={1}
        value={text}
        dir="auto"
        autoComplete="off"
        placeholder={w.room.write}
        aria-label={w.room.write}
        enterKeyHint="send"
        onChange={(event) => {
          setFailed(false);
          keep(event.target.value);
        }}
        onKeyDown={keyed}
      />
      <button
        type="submit"
        className="deep send"
        aria-label={w.room.send}
        aria-disabled={text.trim() === '' || tooLong || hold !== null}
        onPointerDown={(event) => event.preventDefault()}
      >
        <Icon name="send" />
      </button>
    </form>
  );
}

/** By this very page, which may come back to a room. */
const unsent = new Map<RoomView['id'], string>();

const ignore = (): void => undefined;
