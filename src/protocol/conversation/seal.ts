/** Turns content into an envelope that only the other end of the session opens. */
import { concat } from '../bytes.ts';
import { isRefusal, refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { sealKeyOf, stepChain } from '../suite/chain.ts';
import { sizes } from '../suite/suite.ts';
import type { Suite } from '../suite/suite.ts';
import { bucketByte, bucketFor, pad } from '../wire/bucket.ts';
import { isControl } from './control.ts';
import { counted } from './epochs.ts';
import { encodeHeader, headerBytesFor } from './header.ts';
import { hasRoom, isLeaseSpent } from './sending.ts';
import type { SessionState } from './session-state.ts';
import { blockOf, numberSecrets, tagBlockAt, tagBytes, tagOf } from './tags.ts';

export interface Sealed {
  readonly state: SessionState;
  readonly envelope: Uint8Array;
  /** To be acknowledged, or given up. */
  readonly n: number;
}

/** Needs no commit of its own while the lease lasts, but one of the state it is sealed from if an envelope changed that. */
export function seal(suite: Suite, state: SessionState, content: Uint8Array): Sealed | Refusal {
  const { sending } = state;
  if (content.length === 0) throw new Error('content has a kind at least');
  if (!hasRoom(sending)) return refuse('window-full');
  if (isLeaseSpent(sending)) throw new Error(`[S11] the lease ends at ${sending.leased}: renew and commit it first`);
  const { next: n, start, epoch } = sending;
  const around = aroundBytes(headerBytesFor(n - start));
  const bucket = bucketFor(content.length, around);
  if (isRefusal(bucket)) return bucket;
  const { a, mask } = numberSecrets(suite, sending.tags, n);
  const header = encodeHeader({ key: state.own.key, epoch, index: n - start }, mask);
  const head = concat([Uint8Array.of(bucketByte(bucket)), tagOf(suite, a), header]);
  const step = stepChain(suite, sending.chain);
  const { key, nonce } = sealKeyOf(suite, step.seed);
  const sealed = suite.seal(key, nonce, pad(content, bucket.bytes - around), concat([state.id, head]));
  return {
    state: {
      ...state,
      sending: {
        ...sending,
        chain: step.next,
        next: n + 1,
        outstanding: [...sending.outstanding, n],
        tags: tagBlockAt(suite, sending.tags, blockOf(n + 1)),
      },
      epochs: isControl(content) ? state.epochs : counted(state.epochs),
      unanswered: 0,
    },
    envelope: concat([head, sealed]),
    n,
  };
}

/** All that is neither content nor padding: 67 or 68. */
const aroundBytes = (headerBytes: number): number => 1 + tagBytes + headerBytes + sizes.sealTag;
