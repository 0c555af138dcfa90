/** What both ends of a link begun by hand do alike: read the other's signal, and prove the own name on the open channel. */
import { isEqual } from '../../protocol/bytes.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import { createSignalSeal } from '../../protocol/signal-seal.ts';
import type { OwnKey, SignalSeal } from '../../protocol/signal-seal.ts';
import { nobleCurve } from '../../protocol/suite/noble-curve.ts';
import type { PeerEnd } from './peer-end.ts';
import { decodeHandSignal } from './signal-bytes.ts';
import type { HandSignal } from './signal-bytes.ts';
import { peerIdOfKey } from './thin-bytes.ts';
import { orWhenAborted } from './waiting.ts';

export interface HandFar {
  readonly signal: HandSignal;
  readonly seal: SignalSeal;
  readonly peer: PeerId;
}

/** Once both have what they need; carrying it by hand takes as long as it takes. */
export const handConnectMs = 15_000;

/** Null for a signal of our own, or of another kind than awaited, or by a key that is none. */
export function readHand(key: OwnKey, bytes: Uint8Array, awaited: Pick<HandSignal, 'kind' | 'answerer'>): HandFar | null {
  const signal = decodeHandSignal(bytes);
  if (isRefusal(signal) || signal.kind !== awaited.kind || signal.answerer !== awaited.answerer) return null;
  if (isEqual(signal.key, key.publicKey)) return null;
  const seal = createSignalSeal(nobleCurve, key, signal.key);
  return isRefusal(seal) ? null : { signal, seal, peer: peerIdOfKey(signal.key) };
}

/** Rejects where it does not open in time, or somebody else is there. `about`: the offer and its answer. */
export async function proveHand({ channel }: PeerEnd, { seal }: HandFar, about: Uint8Array, whole: AbortSignal): Promise<void> {
  if (!(await orWhenAborted(channel.opened, false, whole))) throw new Error('not opened');
  channel.prove(seal.prove(about));
  const proof = await orWhenAborted(channel.proven, null, AbortSignal.any([whole, channel.gone]));
  if (proof === null || !seal.isProof(about, proof)) throw new Error('not who they said');
}
