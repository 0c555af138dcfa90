/** A face: the fingerprint of a person or a device as a knot. Said aloud only where the name does not stand beside it. */
import { memo } from 'react';
import type { NamedExoticComponent, ReactElement } from 'react';
import { facePath, hueOf, knotBox, wholeKnot } from './knot-path.ts';
import { spoken } from './spoken.ts';

export interface KnotProps {
  /** Null: not known yet, a plain ring. */
  readonly of: string | null;
  readonly size: 20 | 32 | 40 | 48 | 96;
  readonly label?: string;
}

export const Knot: NamedExoticComponent<KnotProps> = memo(function Knot({ of, size, label }: KnotProps): ReactElement {
  return (
    <svg
      className={`knot ${hueOf(of)}`}
      width={size}
      height={size}
      viewBox={knotBox}
      {...(label === undefined ? { 'aria-hidden': true } : spoken(label))}
    >
      <path d={facePath(of)} />
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
