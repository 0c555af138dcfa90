/** The tied knot with a tick: I compared words with this person. Said in words too. */
import type { ReactElement } from 'react';
import { useWords } from '../words/speak.tsx';
import { Icon } from './icon.tsx';

export function Verified(): ReactElement {
  const { w } = useWords();
  return (
    <span className="verified">
      <Icon name="tied" size={20} />
      {w.people.verified}
    </span>
  );
}
