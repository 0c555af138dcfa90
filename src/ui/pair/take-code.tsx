/** Their code comes in: by the camera, or pasted, or as a file. */
import { useRef, useState } from 'react';
import type { ChangeEvent, FormEvent, ReactElement } from 'react';
import { canScan, Scanner } from '../rooms/scanner.tsx';
import { useAllWords } from '../words/all-words.ts';
import { readFile } from './read-file.ts';

export interface TakeCodeProps {
  /** Why the last one was not taken. */
  readonly problem: string | null;
  readonly onCode: (text: string) => void;
}

export function TakeCode({ problem, onCode }: TakeCodeProps): ReactElement {
  const { w } = useAllWords();
  const [text, setText] = useState('');
  const [isEmptyFile, setEmptyFile] = useState(false);
  const file = useRef<HTMLInputElement>(null);

  const take = (code: string): void => {
    setEmptyFile(false);
    if (code.trim() !== '') onCode(code);
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    take(text);
  };
  const open = async (event: ChangeEvent<HTMLInputElement>): Promise<void> => {
    const [chosen] = event.target.files ?? [];
    if (chosen === undefined) return;
    const found = await readFile(chosen);
    // The same file may be chosen again.
    if (file.current) file.current.value = '';
    if (found === null) setEmptyFile(true);
    else take(found);
  };

  return (
    <>
      {canScan() ? <Scanner onText={take} refused={w.pair.noCamera} /> : <p className="quiet">{w.pair.noCamera}</p>}
      <form className="stack" onSubmit={submit}>
        <label htmlFor="pair-code">{w.pair.field}</label>
        <div className="pair-paste">
          <input
            id="pair-code"
            className="field"
            value={text}
            onChange={(event) => setText(event.target.value)}
            onPaste={(event) => take(event.clipboardData.getData('text'))}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            enterKeyHint="go"
            dir="ltr"
            aria-invalid={problem !== null}
            aria-describedby="pair-refused"
          />
          <button type="submit" className="deep">
            {w.pair.enter}
          </button>
        </div>
        <p id="pair-refused" className="error" role="alert">
          {isEmptyFile ? w.pair.nothingInFile : problem}
        </p>
      </form>
      <input
        ref={file}
        type="file"
        className="sr"
        accept="image/*,.txt,text/plain"
        tabIndex={-1}
        aria-hidden="true"
        onChange={(event) => void open(event)}
      />
      <button type="button" className="plain strong" onClick={() => file.current?.click()}>
        {w.pair.file}
      </button>
    </>
  );
}
