/** Cords: how far my message came, and whether a fact has been tied. */
import type { ReactElement } from 'react';
import type { Mark } from '../../app/view.ts';

/** It ends where nobody else is, loose while it waits, running out when it left, a closed knot for each of up to three devices that have it. */
export function DeliveryCord({ mark }: { readonly mark: Mark }): ReactElement {
  const knots = mark.state === 'received' ? Math.min(3, Math.max(1, mark.by)) : 0;
  return (
    <span className="cord" data-mark={mark.state} aria-hidden="true">
      <i />
      {mark.state === 'waiting' && (
        <svg width="22" height="16" viewBox="0 0 22 16">
          <path d="M0 8C7 8 8 11 12 11 16.5 11 17 4 12.5 5" />
        </svg>
      )}
      {Array.from({ length: knots }, (_, at) => (
        <svg key={at} width="16" height="16" viewBox="0 0 16 16">
          <path d={closedKnot} />
        </svg>
      ))}
    </span>
  );
}

/** A small ring woven onto the cord: over it on the one side, under it on the other. */
const closedKnot = 'M0 8H8M12.3 8H16M3.6 5.7A5 5 0 1 1 3.6 10.3';

/** A fact that is not known yet, and one that is. */
export function FactCord({ tied }: { readonly tied: boolean }): ReactElement {
  return (
    <svg className="fact-cord" data-tied={tied} width="40" height="24" viewBox="0 0 40 24" aria-hidden="true">
      {tied ? (
        <path d="M0 12H20M27.5 12H40M12.8 8.8A8 8 0 1 1 12.8 15.2" />
      ) : (
        <path d="M0 12C9 12 11 16 17 16 23 16 24 7 18.5 8" />
      )}
    </svg>
  );
}
