/** Where I write. It never moves; what is unsent stays with its room. */
import { useEffect, useRef, useState } from 'react';
import type { KeyboardEvent, ReactElement } from 'react';
import type { RoomView } from '../../app/view.ts';
import { byteLength, textBytes } from '../../app/fit.ts';
import { keep, kept } from '../parts/kept.ts';
import { Icon } from '../parts/icon.tsx';
import { useActs } from '../use-app.ts';
import { useWords } from '../words/speak.tsx';

export function Composer({ room }: { readonly room: RoomView['id'] }): ReactElement {
  const { w } = useWords();
  const acts = useActs();
  const [text, setText] = useState(() => kept(draftOf(room)) ?? '');
  const [failed, setFailed] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const tooLong = text.length * 3 > textBytes && byteLength(text) > textBytes;

  useEffect(() => {
    // A keyboard that covers half the phone comes only when asked for.
    if (matchMedia('(hover: hover)').matches) field.current?.focus();
  }, []);

  const write = (next: string): void => {
    setText(next);
    setFailed(false);
    keep(draftOf(room), next);
  };

  const send = async (): Promise<void> => {
    const said = text.trim();
    if (said === '' || tooLong) return;
    write('');
    const isKept = await acts.send(room, said).catch(() => false);
    if (isKept) return;
    // Back into the field, unless something new is there already.
    if (kept(draftOf(room)) === null) {
      keep(draftOf(room), said);
      setText(said);
    }
    setFailed(true);
  };

  const keyed = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void send();
  };

  const problem = tooLong ? w.room.tooLong : failed ? w.room.notKept : null;
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {problem && (
        <p className="error" role="alert">
          {problem}
        </p>
      )}
      <textarea
        ref={field}
        rows={1}
        value={text}
        dir="auto"
        placeholder={w.room.write}
        aria-label={w.room.write}
        enterKeyHint="send"
        onChange={(event) => write(event.target.value)}
        onKeyDown={keyed}
      />
      <button
        type="submit"
        className="deep send"
        aria-label={w.room.send}
        aria-disabled={text.trim() === '' || tooLong}
        onPointerDown={(event) => event.preventDefault()}
      >
        <Icon name="send" />
      </button>
    </form>
  );
}

const draftOf = (room: RoomView['id']): string => `draft.${room}`;
