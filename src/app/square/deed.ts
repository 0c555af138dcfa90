/** What a person can do in a Square beside speaking: the owner for everybody, each for themselves. */
import type { DeviceId, MessageId } from '../../protocol/ids.ts';
import { limits } from '../../protocol/limits.ts';
import type { OwnerWord } from '../../protocol/square/word.ts';

export type SquareDeed =
  | { readonly kind: 'pin'; readonly author: DeviceId; readonly id: MessageId }
  | { readonly kind: 'unpin' | 'clear' | 'close' | 'reopen' }
  | { readonly kind: 'expel' | 'let-in'; readonly device: DeviceId }
  | { readonly kind: 'hide'; readonly author: DeviceId; readonly id: MessageId }
  | { readonly kind: 'block' | 'unblock'; readonly device: DeviceId }
  /** All that was hidden one by one; and: how the claim ended was read. */
  | { readonly kind: 'show-hidden' | 'seen' };

export type Change = Pick<OwnerWord, 'did' | 'about'> & Partial<OwnerWord>;

export type OwnerDeedOf = Extract<SquareDeed, { kind: 'pin' | 'unpin' | 'clear' | 'close' | 'reopen' | 'expel' | 'let-in' }>;

/** What it changes in the owner's word; null: there is nothing to change. */
export function changeOf(deed: OwnerDeedOf, before: OwnerWord, now: Now): Change | null {
  switch (deed.kind) {
    case 'pin':
      return now.pinned && { did: 'pinned', about: '', pinned: now.pinned };
    case 'unpin':
      return before.pinned && { did: 'unpinned', about: '', pinned: null };
    case 'clear':
      return { did: 'cleared', about: '', clearedMs: now.nowMs };
    case 'close':
      return before.closedMs === null ? { did: 'closed', about: '', closedMs: now.nowMs } : null;
    case 'reopen':
      return before.closedMs === null ? null : { did: 'reopened', about: '', closedMs: null };
    case 'expel': {
      const { device } = deed;
      const isThere = device === before.owner || before.expelled.some((each) => each.device === device);
      if (isThere || before.expelled.length >= limits.expelled) return null;
      const name = now.nameOf(device);
      // Nothing of theirs stays on top.
      const pinned = now.pinnedBy === device ? null : before.pinned;
      return { did: 'expelled', about: name, expelled: [...before.expelled, { device, name }], pinned };
    }
    case 'let-in': {
      const one = before.expelled.find(({ device }) => device === deed.device);
      return one === undefined
        ? null
        : { did: 'let-in', about: one.name, expelled: before.expelled.filter((each) => each !== one) };
    }
  }
}

export interface Now {
  readonly nowMs: number;
  /** What is to be pinned, as its author signed it. */
  readonly pinned: Uint8Array | null;
  /** Whose message is on top. */
  readonly pinnedBy: DeviceId | null;
  nameOf(device: DeviceId): string;
}
