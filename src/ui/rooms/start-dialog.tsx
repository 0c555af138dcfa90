/** A new room: what it is called, and who can read it. */
import { useState } from 'react';
import type { FormEvent, ReactElement } from 'react';
import { clip, roomNameBytes } from '../../app/fit.ts';
import { Modal } from '../parts/modal.tsx';
import { go } from '../shell/place.ts';
import { useDeed } from '../shell/trouble.ts';
import { useActs } from '../use-app.ts';
import { useAllWords } from '../words/all-words.ts';

export function StartDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const { w } = useAllWords();
  const acts = useActs();
  const deed = useDeed();
  const [name, setName] = useState('');
  const [kind, setKind] = useState<'members' | 'open'>('members');
  const kinds = [
    { kind: 'members', says: w.start.members, truth: w.start.membersTruth },
    { kind: 'open', says: w.start.open, truth: w.start.openTruth },
  ] as const;

  const start = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const wanted = name.trim();
    if (wanted === '') return;
    const room = await deed.dare(() => acts.startRoom(wanted, kind), w.start.failed);
    if (room === null) return;
    onClose();
    go({ tab: 'rooms', room });
  };

  return (
    <Modal title={w.start.title} onClose={onClose}>
      <form className="stack" onSubmit={(event) => void start(event)}>
        <label htmlFor="room-name">{w.start.name}</label>
        <input
          id="room-name"
          data-focus
          className="field"
          value={name}
          onChange={(event) => setName(clip(event.target.value, roomNameBytes))}
          autoComplete="off"
          enterKeyHint="go"
          required
        />
        <fieldset className="kinds">
          <legend>{w.start.whoReads}</legend>
          {kinds.map((each) => (
            <label key={each.kind} className="kind">
              <input type="radio" name="kind" checked={each.kind === kind} onChange={() => setKind(each.kind)} />
              <span className="way-says">{each.says}</span>
              <span className="way-hint">{each.truth}</span>
            </label>
          ))}
        </fieldset>
        <p className="error" role="alert">
          {deed.problem}
        </p>
        <div className="actions">
          <button type="button" className="plain" onClick={onClose}>
            {w.common.cancel}
          </button>
          <button type="submit" className="deep" aria-disabled={deed.isBusy}>
            {w.start.create}
          </button>
        </div>
      </form>
    </Modal>
  );
}
