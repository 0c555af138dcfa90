/** The face of a device: its fingerprint as a knot. Said aloud only where the name does not stand beside it. */
import { memo } from 'react';
import type { NamedExoticComponent, ReactElement } from 'react';
import { knotBox, knotPath, wholeKnot } from './knot-path.ts';
import { spoken } from './spoken.ts';

export interface KnotProps {
  readonly of: string;
  readonly size: 20 | 32 | 40 | 48 | 96;
  readonly label?: string;
}

export const Knot: NamedExoticComponent<KnotProps> = memo(function Knot({ of, size, label }: KnotProps): ReactElement {
  const { d, hue } = knotPath(of);
  return (
    <svg
      className={`knot h${hue}`}
      width={size}
      height={size}
      viewBox={knotBox}
      {...(label === undefined ? { 'aria-hidden': true } : spoken(label))}
    >
      <path d={d} />
    </svg>
  );
});

/** The sign of Wavu. */
export function Sign({ size }: { readonly size: number }): ReactElement {
  return (
    <svg className="knot sign" width={size} height={size} viewBox={knotBox} aria-hidden="true">
      <path d={sign} />
    </svg>
  );
}

const sign = wholeKnot();
