/** Who belongs to a room, how each is reached now, and the way out. */
import { pathWords } from '../parts/path-words.ts';
import type { ReactElement, ReactNode } from 'react';
import type { Me, PersonView, RoomView } from '../../app/view.ts';
import { sharedNames, shortPrint } from '../parts/fingerprint.ts';
import { Icon } from '../parts/icon.tsx';
import { Knot } from '../parts/knot.tsx';
import { Verified } from '../parts/verified.tsx';
import { useView } from '../use-app.ts';
import { useAllWords } from '../words/all-words.ts';
import type { Speech } from '../words/speak.tsx';
import type { Words } from '../words/words.ts';
import { faceOf, isMember, peopleOf } from './members.ts';

export interface PeopleProps {
  readonly room: RoomView;
  /** Somebody is asked about, by their face. */
  readonly onAsk: (face: string) => void;
  readonly onLeave: () => void;
}

export function People({ room, onAsk, onLeave }: PeopleProps): ReactElement {
  const speech = useAllWords();
  const { w } = speech;
  const me = useView((view) => view.me);
  const people = peopleOf(room);
  const twice = sharedNames(me ? [me, ...people] : people);
  return (
    <>
      {room.kind !== 'square' && <p className="quiet small who-reads">{whoReads(room, w)}</p>}
      <ul className="people">
        {me && (
          <li className="person">
            <div className="person-row">
              <Row name={me.name} face={myFace(room, me)} print={twice.has(me.name)}>
                {room.role === 'admin' ? `${w.common.you} · ${w.people.admin}` : w.common.you}
              </Row>
            </div>
          </li>
        )}
        {people.map((each) => (
          <li key={faceOf(each)} className="person" data-here={each.here}>
            {isMember(each) ? (
              <button type="button" className="person-row" aria-haspopup="dialog" onClick={() => onAsk(faceOf(each))}>
                <Row name={each.name} face={faceOf(each)} print={twice.has(each.name)} verified={each.member.isVerified}>
                  {standing(each, speech)}
                </Row>
                <Icon name="more" />
              </button>
            ) : (
              <div className="person-row">
                <Row name={each.name} face={faceOf(each)} print={twice.has(each.name)}>
                  {standing(each, speech)}
                </Row>
              </div>
            )}
          </li>
        ))}
      </ul>
      {people.length === 0 && <p className="quiet small">{w.people.none}</p>}
      {room.kind !== 'square' && (
        <button type="button" className="plain danger-text" onClick={onLeave}>
          {room.kind === 'direct' ? w.people.leaveTwo : w.people.leave}
        </button>
      )}
    </>
  );
}

function whoReads({ kind }: RoomView, { people }: Words): string {
  switch (kind) {
    case 'members':
      return people.sealedFor;
    case 'direct':
      return people.sealedForTwo;
    case 'open':
    case 'square':
      return people.openTo;
  }
}

interface RowProps {
  readonly name: string;
  readonly face: string | null;
  /** The name alone does not tell who it is. */
  readonly print: boolean;
  readonly verified?: boolean;
  readonly children: ReactNode;
}

function Row({ name, face, print, verified = false, children }: RowProps): ReactElement {
  return (
    <>
      <Knot of={face} size={32} />
      <span className="person-name">
        <bdi>{name}</bdi>
        {print && face !== null && (
          <>
            {' '}
            <code dir="ltr">{shortPrint(face)}</code>
          </>
        )}
        {verified && (
          <>
            {' '}
            <Verified />
          </>
        )}
      </span>{' '}
      <span className="person-path">{children}</span>
    </>
  );
}

/** Where others are drawn by who they are, so am I. */
const myFace = ({ kind }: RoomView, { person, device }: Me): string | null =>
  kind === 'members' || kind === 'direct' ? person : device;

/** What they are here, and how they are reached now. */
export function standing(person: PersonView, { w, f }: Speech): string {
  const { here, path, rttMs, member } = person;
  const way = path === null ? '' : pathWords(w, path);
  const reached = !here || path === null ? [w.people.away] : rttMs === null ? [way] : [way, f.ms(rttMs)];
  return [...(member?.role === 'admin' ? [w.people.admin] : []), ...reached].join(' · ');
}
