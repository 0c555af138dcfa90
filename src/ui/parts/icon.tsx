/** Signs of one stroke each, like everything here. */
import type { ReactElement } from 'react';

export type IconName = keyof typeof strokes;

export function Icon({ name, size = 24 }: { readonly name: IconName; readonly size?: number }): ReactElement {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" data-icon={name}>
      <path d={strokes[name]} />
    </svg>
  );
}

const strokes: {
  readonly rooms: string;
  readonly mesh: string;
  readonly you: string;
  readonly back: string;
  readonly plus: string;
  readonly close: string;
  readonly send: string;
  readonly people: string;
  readonly invite: string;
  readonly scan: string;
  readonly square: string;
  readonly down: string;
  readonly more: string;
  readonly tied: string;
  readonly compare: string;
  readonly key: string;
  readonly members: string;
  readonly direct: string;
} = {
  rooms:
    'M6 2.5V5M6 10v4M6 19v2.5M6 5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5M6 14a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5M12.5 7.5H21M12.5 16.5H19',
  mesh: 'M12 3 21 12 12 21 3 12zM7.5 7.5l9 9M16.5 7.5l-9 9',
  you: 'M12 12.5a4.2 4.2 0 1 0 0-8.4 4.2 4.2 0 0 0 0 8.4M4 20.5c.8-4 4-5.5 8-5.5s7.2 1.5 8 5.5',
  back: 'M14.5 5 7.5 12l7 7',
  plus: 'M12 5v14M5 12h14',
  close: 'M6 6l12 12M18 6 6 18',
  send: 'M12 20V5M5.5 11.5 12 5l6.5 6.5',
  people:
    'M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M2.5 19.5c.6-3.5 3-5 6.5-5s5.9 1.5 6.5 5M15.5 4.8a3.5 3.5 0 0 1 0 6.4M18 15c2 .7 3.2 2.2 3.5 4.5',
  invite: 'M10 14 14 10M9 10.5 6.5 13a3.5 3.5 0 0 0 5 5L14 15.5M10 8.5 12.5 6a3.5 3.5 0 0 1 5 5L15 13.5',
  scan: 'M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M4 12h16',
  square: 'M9.5 4H4v5.5M14.5 4H20v5.5M20 14.5V20h-5.5M9.5 20H4v-5.5',
  more: 'M12 5.5v.01M12 12v.01M12 18.5v.01',
  tied: 'M1 12h4M19 12h4M12 5a7 7 0 1 0 0 14 7 7 0 0 0 0-14M8.8 12.2l2.3 2.3 4.2-4.6',
  compare: 'M6 8.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7M18 8.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7M11 10.8h2M11 13.2h2',
  members:
    'M12 3.5a3 3 0 1 0 0 6 3 3 0 0 0 0-6M5.5 14.5a3 3 0 1 0 0 6 3 3 0 0 0 0-6M18.5 14.5a3 3 0 1 0 0 6 3 3 0 0 0 0-6M10.6 9.2 7 14.8M13.4 9.2 17 14.8M8.5 17.5h7',
  direct: 'M8.5 6.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M15.5 6.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11',
  key: 'M7.5 8.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7M11 12h10.5M21.5 12v3.5M17 12v2.5',
  down: 'M12 4v15M5.5 12.5 12 19l6.5-6.5',
};
