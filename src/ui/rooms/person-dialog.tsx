/** One member of a room: whether it is really them, what they are here, and the way to put them out. */
import { useCallback, useState } from 'react';
import type { ReactElement } from 'react';
import type { RoomView } from '../../app/view.ts';
import { shortPrint } from '../parts/fingerprint.ts';
import { Knot } from '../parts/knot.tsx';
import { Modal } from '../parts/modal.tsx';
import { Verified } from '../parts/verified.tsx';
import { Way } from '../parts/way.tsx';
import { go } from '../shell/place.ts';
import { useDeed } from '../shell/trouble.ts';
import { useActs } from '../use-app.ts';
import { useAllWords } from '../words/all-words.ts';
import type { Words } from '../words/words.ts';
import { CompareWords } from './compare-words.tsx';
import type { Member } from './members.ts';
import { standing } from './people.tsx';
import './person.css';

export interface PersonDialogProps {
  readonly room: RoomView;
  readonly person: Member;
  readonly onClose: () => void;
}

type Step = 'card' | 'compare' | 'promote' | 'remove';

export function PersonDialog({ room, person, onClose }: PersonDialogProps): ReactElement {
  const { w } = useAllWords();
  const [step, setStep] = useState<Step>('card');
  const back = useCallback(() => setStep('card'), []);
  return (
    <Modal title={titleOf(step, person.name, w)} onClose={onClose}>
      {step === 'card' && <Card room={room} person={person} onStep={setStep} />}
      {step === 'compare' && <CompareWords person={person} onBack={back} />}
      {step === 'promote' && <Promote room={room.id} person={person} onBack={back} />}
      {step === 'remove' && <Remove room={room.id} person={person} onBack={back} onClose={onClose} />}
    </Modal>
  );
}

function titleOf(step: Step, name: string, { person }: Words): string {
  switch (step) {
    case 'card':
      return name;
    case 'compare':
      return person.compareTitle(name);
    case 'promote':
      return person.promoteTitle(name);
    case 'remove':
      return person.removeTitle(name);
  }
}

interface CardProps {
  readonly room: RoomView;
  readonly person: Member;
  readonly onStep: (step: Step) => void;
}

function Card({ room, person, onStep }: CardProps): ReactElement {
  const speech = useAllWords();
  const { w } = speech;
  const acts = useActs();
  const { problem, dare } = useDeed();
  const { member } = person;
  const devices = room.people.filter((each) => each.member?.person === member.person).map(({ device }) => device);
  const write = async (): Promise<void> => {
    const id = await dare(() => acts.startDirect(member.person), w.person.notBegun);
    if (id !== null) go({ tab: 'rooms', room: id });
  };
  return (
    <>
      <div className="person-card">
        <Knot of={member.person} size={96} />
        <div>
          <p>{standing(person, speech)}</p>
          <p>{member.isVerified ? <Verified /> : <span className="quiet">{w.person.unverified}</span>}</p>
          <p>
            <code dir="ltr">{shortPrint(member.person)}</code>
          </p>
        </div>
      </div>
      <p className="quiet small by-device">
        {w.person.byDevice}{' '}
        {devices.map((device) => (
          <span key={device}>
            <Knot of={device} size={20} /> <code dir="ltr">{shortPrint(device)}</code>
          </span>
        ))}
      </p>
      <div className="ways">
        {room.kind !== 'direct' && (
          <Way icon="send" says={w.person.write} hint={w.person.writeHint} onClick={() => void write()} />
        )}
        <Way
          icon="compare"
          says={w.person.compare}
          hint={member.isVerified ? w.person.compareAgain : w.person.compareHint}
          onClick={() => onStep('compare')}
        />
        {member.mayPromote && (
          <Way icon="key" says={w.person.promote} hint={w.person.promoteHint} onClick={() => onStep('promote')} />
        )}
      </div>
      <p className="error" role="alert">
        {problem}
      </p>
      {member.mayRemove && (
        <button type="button" className="plain danger-text" onClick={() => onStep('remove')}>
          {w.person.remove}
        </button>
      )}
    </>
  );
}

interface StepProps {
  readonly room: RoomView['id'];
  readonly person: Member;
  readonly onBack: () => void;
}

function Promote({ room, person: { name, member }, onBack }: StepProps): ReactElement {
  const { w } = useAllWords();
  const acts = useActs();
  const { isBusy, problem, dare } = useDeed();
  const promote = async (): Promise<void> => {
    if (await dare(() => acts.makeAdmin(room, member.person), w.person.notPromoted)) onBack();
  };
  return (
    <>
      <p>{w.person.promoteTruth(name)}</p>
      <Decision {...{ problem, isBusy, onBack }} look="deep" says={w.person.promote} onYes={promote} />
    </>
  );
}

function Remove({ room, person: { member }, onBack, onClose }: StepProps & Pick<PersonDialogProps, 'onClose'>): ReactElement {
  const { w } = useAllWords();
  const acts = useActs();
  const { isBusy, problem, dare } = useDeed();
  const [withLinks, setWithLinks] = useState(true);
  const remove = async (): Promise<void> => {
    if (!(await dare(() => acts.removePerson(room, member.person), w.person.notRemoved))) return;
    onClose();
    // What is not kept is told by `trouble`.
    if (withLinks) await acts.withdrawInvites(room).catch(() => undefined);
  };
  return (
    <>
      <p>{w.person.removeTruth}</p>
      <p className="quiet small">{w.person.removeLate}</p>
      <label className="check">
        <input type="checkbox" checked={withLinks} onChange={(event) => setWithLinks(event.target.checked)} />
        {w.person.removeLinks}
      </label>
      <Decision {...{ problem, isBusy, onBack }} look="danger-fill" says={w.person.removeYes} onYes={remove} />
    </>
  );
}

interface DecisionProps {
  /** Why it was not done, when it was tried. */
  readonly problem: string | null;
  readonly isBusy: boolean;
  readonly look: 'deep' | 'danger-fill';
  readonly says: string;
  readonly onBack: () => void;
  readonly onYes: () => Promise<void>;
}

function Decision({ problem, isBusy, look, says, onBack, onYes }: DecisionProps): ReactElement {
  const { w } = useAllWords();
  return (
    <>
      <p className="error" role="alert">
        {problem}
      </p>
      <div className="actions">
        <button type="button" className="plain" onClick={onBack}>
          {w.common.cancel}
        </button>
        <button type="button" className={look} aria-disabled={isBusy} onClick={() => void onYes()}>
          {says}
        </button>
      </div>
    </>
  );
}
