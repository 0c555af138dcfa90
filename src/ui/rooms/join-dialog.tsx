/** Into a room by a link that was pasted or a code that was scanned. */
import { useCallback, useState } from 'react';
import type { FormEvent, ReactElement } from 'react';
import { Icon } from '../parts/icon.tsx';
import { Modal } from '../parts/modal.tsx';
import { go } from '../shell/place.ts';
import { useDeed } from '../shell/trouble.ts';
import { useActs } from '../use-app.ts';
import { useAllWords } from '../words/all-words.ts';
import { canScan, Scanner } from './scanner.tsx';

export function JoinDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const { w } = useAllWords();
  const acts = useActs();
  const [link, setLink] = useState('');
  const [scanning, setScanning] = useState(false);
  const { isBusy, problem, dare, forget } = useDeed();

  const join = useCallback(
    async (text: string): Promise<void> => {
      if (text.trim() === '') return;
      const room = await dare(() => acts.joinRoom(text.trim()), w.join.notLink);
      if (room === null) return;
      onClose();
      go({ tab: 'rooms', room });
    },
    [acts, dare, onClose, w],
  );
  const scanned = useCallback(
    (text: string) => {
      setLink(text);
      setScanning(false);
      void join(text);
    },
    [join],
  );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void join(link);
  };

  return (
    <Modal title={w.join.title} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <label htmlFor="invite-link">{w.join.field}</label>
        <input
          id="invite-link"
          data-focus
          className="field"
          value={link}
          onChange={(event) => {
            setLink(event.target.value);
            forget();
          }}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          enterKeyHint="go"
          dir="ltr"
          required
          aria-invalid={problem !== null}
          aria-describedby="invite-refused"
        />
        <p id="invite-refused" className="error" role="alert">
          {problem}
        </p>
        <div className="actions">
          <button type="button" className="plain" onClick={onClose}>
            {w.common.cancel}
          </button>
          <button type="submit" className="deep" aria-disabled={isBusy}>
            {isBusy ? w.join.joining : w.join.enter}
          </button>
        </div>
      </form>
      <div className="or-scan">
        {!canScan() && <p className="quiet small">{w.join.scanAbsent}</p>}
        {canScan() && !scanning && (
          <button type="button" className="way" onClick={() => setScanning(true)}>
            <Icon name="scan" />
            <span className="way-says">{w.join.scan}</span>
          </button>
        )}
        {scanning && <Scanner onText={scanned} refused={w.join.scanRefused} />}
      </div>
    </Modal>
  );
}
