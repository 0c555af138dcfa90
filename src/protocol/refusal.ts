/** Why bytes from outside were not taken. Returned, never thrown. */
export interface Refusal {
  readonly refused: RefusalReason;
}

export type RefusalReason =
  | 'truncated'
  | 'unknown-version'
  | 'unknown-kind'
  | 'too-big'
  | 'too-many'
  | 'bad-id'
  | 'bad-seal'
  | 'bad-signature'
  | 'bad-key'
  | 'no-such-room'
  | 'too-far'
  | 'too-far-ahead'
  | 'equivocation'
  | 'not-here'
  | 'not-a-link'
  | 'bad-bucket'
  | 'bad-padding'
  | 'bad-epoch'
  | 'bad-commitment'
  | 'unknown-tag'
  | 'unknown-parent'
  | 'unknown-device'
  | 'unknown-invite'
  | 'other-room'
  | 'not-lawful'
  | 'repeated'
  | 'not-kept'
  | 'too-soon'
  | 'too-old'
  | 'expired'
  | 'revoked'
  | 'stale-epoch'
  | 'window-full'
  | 'no-epoch'
  | 'bad-word'
  | 'no-copies'
  | 'bad-hour'
  | 'bad-number'
  | 'bad-text'
  | 'too-fast'
  | 'expelled'
  | 'closed'
  | 'not-owner'
  | 'not-asked'
  | 'seen-here';

export const refuse = (reason: RefusalReason): Refusal => ({ refused: reason });

export const isRefusal = (value: object): value is Refusal => 'refused' in value;
