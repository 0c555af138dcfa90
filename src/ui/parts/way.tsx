/** One thing that can be done from here, with a line on what it means. */
import type { ReactElement } from 'react';
import { Icon } from './icon.tsx';
import type { IconName } from './icon.tsx';

export interface WayProps {
  readonly icon: IconName;
  readonly says: string;
  readonly hint: string;
  readonly onClick: () => void;
}

export function Way({ icon, says, hint, onClick }: WayProps): ReactElement {
  return (
    <button type="button" className="way" onClick={onClick}>
      <Icon name={icon} />
      <span className="way-says">{says}</span>
      <span className="way-hint">{hint}</span>
    </button>
  );
}
