/** What the Square says beside its messages. */
import type { ClaimView } from '../../app/view.ts';
import type { Counted } from './words.ts';

export interface SquareWords {
  readonly about: string;
  readonly rules: readonly string[];
  readonly owner: (name: string) => string;
  readonly noOwner: string;
  /** What the owner did last: by whom, and to whom. */
  readonly did: Readonly<Record<Did, (by: string, about: string) => string>>;
  readonly pinned: string;
  readonly unpin: string;
  /** Seconds. */
  readonly again: Counted;
  readonly silent: { readonly closed: string; readonly expelled: string };
  readonly claim: Readonly<Record<ClaimView, string>>;
  readonly more: (name: string) => string;
  readonly pin: string;
  readonly pinHint: string;
  readonly hide: string;
  readonly hideHint: string;
  readonly block: (name: string) => string;
  readonly blockHint: string;
  readonly expel: (name: string) => string;
  readonly expelTruth: string;
  readonly expelYes: string;
  readonly close: string;
  readonly closeHint: string;
  readonly reopen: string;
  readonly reopenHint: string;
  readonly clear: string;
  readonly clearHint: string;
  readonly clearTitle: string;
  readonly clearTruth: string;
  readonly clearYes: string;
  readonly expelled: string;
  readonly letIn: string;
  readonly blocked: string;
  readonly unblock: string;
  readonly hidden: Counted;
  readonly showHidden: string;
  readonly notDone: string;
}

type Did = 'began' | 'pinned' | 'unpinned' | 'cleared' | 'closed' | 'reopened' | 'expelled' | 'let-in';
