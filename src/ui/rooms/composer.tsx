/** Where I write. It never moves; what is unsent stays with its room. */
import { useEffect, useRef, useState } from 'react';
import type { KeyboardEvent, ReactElement } from 'react';
import type { RoomView } from '../../app/view.ts';
import { byteLength, lettersOver, textBytes } from '../../app/fit.ts';
import { keep, kept } from '../parts/kept.ts';
import { Icon } from '../parts/icon.tsx';
import { useActs } from '../use-app.ts';
import { useWords } from '../words/speak.tsx';

export interface ComposerProps {
  readonly room: RoomView['id'];
  /** The newest message of the room. */
  readonly last: RoomView['last'];
}

export function Composer({ room, last }: ComposerProps): ReactElement {
  const { w, f } = useWords();
  const acts = useActs();
  const [text, setText] = useState(() => draftIn(room, last));
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
    setText('');
    setFailed(false);
    // Until the disk has it, it stays a draft for the page after this one, should this one end now.
    keep(draftOf(room), said);
    keep(leavingOf(room), said);
    leaving.set(room, said);
    const isKept = await acts.send(room, said).catch(() => false);
    if (leaving.get(room) === said) {
      leaving.delete(room);
      keep(leavingOf(room), null);
    }
    const isAlone = (kept(draftOf(room)) ?? said) === said;
    if (isKept) {
      if (isAlone) keep(draftOf(room), null);
      return;
    }
    // Back into the field, unless something new is there already.
    if (isAlone) {
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

/** What is on its way to the disk was the draft when it left. */
const leavingOf = (room: RoomView['id']): string => `leaving.${room}`;
/** By this very page. */
const leaving = new Map<RoomView['id'], string>();

function draftIn(room: RoomView['id'], last: RoomView['last']): string {
  const draft = kept(draftOf(room)) ?? '';
  if (draft === '' || draft !== kept(leavingOf(room))) return draft;
  if (leaving.has(room)) return '';
  // The page before this one ended while it sent this: the disk has it or has it not.
  const isOnDisk = last?.mine === true && last.text === draft;
  keep(leavingOf(room), null);
  if (isOnDisk) keep(draftOf(room), null);
  return isOnDisk ? '' : draft;
}
