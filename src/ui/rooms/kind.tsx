/** What kind of room it is, as a small sign: who can come in, and so who reads. Said in words too. */
import type { ReactElement } from 'react';
import type { RoomKind, RoomView } from '../../app/view.ts';
import { Icon } from '../parts/icon.tsx';
import type { IconName } from '../parts/icon.tsx';
import { useWords } from '../words/speak.tsx';

export interface KindProps {
  readonly kind: RoomView['kind'];
  /** In a list of many the sign is enough for the eye. */
  readonly shown: boolean;
}

export function Kind({ kind, shown }: KindProps): ReactElement {
  const { w } = useWords();
  return (
    <span className="kind-sign" title={shown ? undefined : w.home.kinds[kind]}>
      <Icon name={signs[kind]} size={18} />
      <span className={shown ? undefined : 'sr'}>{w.home.kinds[kind]}</span>
    </span>
  );
}

/** By a link, by being let in, of two tied to each other, or of nobody in particular. */
const signs: Readonly<Record<RoomKind, IconName>> = { open: 'invite', members: 'members', direct: 'direct', square: 'square' };
