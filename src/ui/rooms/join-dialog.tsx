/** Into a room by a link that was pasted or a code that was scanned; a relay's address the same way. */
import { useCallback, useState } from 'react';
import type { FormEvent, ReactElement } from 'react';
import type { RelayRefused } from '../../app/view.ts';
import { Icon } from '../parts/icon.tsx';
import { Modal } from '../parts/modal.tsx';
import { go } from '../shell/place.ts';
import { useDeed } from '../shell/trouble.ts';
import { useActs } from '../use-app.ts';
import { useAllWords } from '../words/all-words.ts';
import { isLikeAnswer, isLikeRelay } from './pasted.ts';
import { RelayByHand } from './relay-by-hand.tsx';
import { relayRefusedWords } from './relay-refused.ts';
import { canScan, Scanner } from './scanner.tsx';

export function JoinDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const { w } = useAllWords();
  const acts = useActs();
  const [link, setLink] = useState('');
  const [answer, setAnswer] = useState('');
  const [scanning, setScanning] = useState(false);
  const { isBusy, problem, dare, forget } = useDeed();
  const [refused, setRefused] = useState<RelayRefused | null>(null);
  const isRelay = isLikeRelay(link);

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
  const linked = useCallback((): void => {
    onClose();
    go({ tab: 'mesh' });
  }, [onClose]);
  const connect = useCallback(
    async (text: string): Promise<void> => {
      const added = await dare(async () => {
        const why = await acts.addRelay(text);
        setRefused(why);
        return why === null;
      }, '');
      if (added === true) linked();
    },
    [acts, dare, linked],
  );
  const enter = useCallback(
    (text: string): void => {
      setRefused(null);
      void (isLikeRelay(text) ? connect(text) : join(text));
    },
    [connect, join],
  );
  const close = (): void => {
    // Also where none is being asked.
    void acts.stopAddingRelay();
    onClose();
  };
  const scanned = useCallback(
    (text: string) => {
      setScanning(false);
      if (isLikeAnswer(text)) return setAnswer(text);
      setLink(text);
      enter(text);
    },
    [enter],
  );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    enter(link);
  };

  return (
    <Modal title={w.join.title} onClose={close}>
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
            setRefused(null);
          }}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          enterKeyHint="go"
          dir="ltr"
          required
          aria-invalid={problem !== null}
          aria-describedby="invite-refused relay-hint"
        />
        <p id="invite-refused" className="error" role="alert">
          {refused === null ? problem : relayRefusedWords(refused, w)}
        </p>
        <p id="relay-hint" className="quiet small">
          {isRelay ? w.join.mayAsk : w.join.relayHint}
        </p>
        <div className="actions">
          <button type="button" className="plain" onClick={close}>
            {w.common.cancel}
          </button>
          <button type="submit" className="deep" aria-disabled={isBusy}>
            {isRelay ? (isBusy ? w.join.connecting : w.join.connect) : isBusy ? w.join.joining : w.join.enter}
          </button>
        </div>
      </form>
      {refused === 'unreachable' && <RelayByHand link={link} answer={answer} onAnswer={setAnswer} onLinked={linked} />}
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
