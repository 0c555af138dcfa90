/**
 * The post-quantum epochs of a session. Who accepted the handshake offers a KEM key, who began it answers, and the secret enters the
 * root with the offerer's next step. One small machine; nothing here knows of envelopes or chains.
 */
import { isEqual } from '../bytes.ts';
import type { Reader, Writer } from '../bytes.ts';
import { hourMs } from '../hour.ts';
import { isRefusal, refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { sizes } from '../suite/suite.ts';
import type { Luck, Suite } from '../suite/suite.ts';
import type { Control } from './control.ts';

/** Who sent the initial answers KEM offers, who opened it makes them. */
export type Side = 'initiator' | 'responder';

export interface Epochs {
  /** Of the newest root: 0 to 255, then 0 again. */
  readonly current: number;
  readonly sinceMs: number;
  /** Contents that went either way since. */
  readonly contents: number;
  readonly stage: Stage;
}

/** The responder's: resting, offering, ready, resting. The initiator's: resting, answered, resting. Always about the next epoch. */
export type Stage =
  | { readonly at: 'resting' }
  /** `saidMs` is 0 before it was said; `isHeard`: something was opened since. */
  | { readonly at: 'offering'; readonly secret: Uint8Array; readonly saidMs: number; readonly isHeard: boolean }
  | { readonly at: 'ready'; readonly shared: Uint8Array }
  | {
      readonly at: 'answered';
      /** Hash of the offered key. */
      readonly offer: Uint8Array;
      readonly ciphertext: Uint8Array;
      readonly shared: Uint8Array;
      readonly isSaid: boolean;
    };

/** S4: the responder offers with its first envelope back. */
export const firstEpochs = (side: Side, luck: Luck, nowMs: number): Epochs => ({
  current: 0,
  sinceMs: nowMs,
  contents: 0,
  stage: side === 'responder' ? freshOffer(luck) : resting,
});

/** What one side has to say now, and what it is after saying it. */
export interface Due {
  readonly epochs: Epochs;
  readonly control: Control;
}

/** S12, S13. `isBack`: the two just met again. */
export function dueControl(suite: Suite, side: Side, epochs: Epochs, luck: Luck, nowMs: number, isBack: boolean): Due | null {
  const { stage } = epochs;
  const epoch = nextOf(epochs);
  if (stage.at === 'answered' && !stage.isSaid) {
    return {
      epochs: { ...epochs, stage: { ...stage, isSaid: true } },
      control: { kind: 'answer', epoch, ciphertext: stage.ciphertext },
    };
  }
  if (side === 'initiator') return null;
  const offering = stage.at === 'resting' && isTime(epochs, nowMs, isBack) ? freshOffer(luck) : stage;
  if (offering.at !== 'offering') return null;
  // One that was said is retried by whoever keeps the envelopes; said anew only in case that memory was lost.
  const isAgain = offering.saidMs > 0 && !((offering.isHeard || isBack) && nowMs - offering.saidMs >= hourMs);
  if (isAgain) return null;
  const said: Stage = { ...offering, saidMs: nowMs, isHeard: false };
  return { epochs: { ...epochs, stage: said }, control: { kind: 'offer', epoch, key: suite.kemPublic(offering.secret) } };
}

/** What an offer or an answer makes of the epochs. One about an epoch that is past changes nothing. */
export function hearControl(suite: Suite, side: Side, epochs: Epochs, control: Control, luck: Luck): Epochs | Refusal {
  if (control.kind === 'nothing') return epochs;
  // S12: the responder offers. Of each other's kind neither says anything.
  if ((control.kind === 'offer') !== (side === 'initiator')) return refuse('not-lawful');
  const ahead = (control.epoch - epochs.current + 256) % 256;
  if (ahead === 0 || ahead >= 128) return epochs;
  if (ahead > 1) return refuse('bad-epoch');
  const stage =
    control.kind === 'offer'
      ? hearOffer(suite, epochs.stage, control.key, luck)
      : hearAnswer(suite, epochs.stage, control.ciphertext);
  return isRefusal(stage) ? stage : { ...epochs, stage };
}

/** What a step mixes in, and the epoch it is taken under. */
export interface Entered {
  readonly epochs: Epochs;
  readonly shared: Uint8Array | null;
}

/** S14: the other side's step says `epoch`. S13: what was held for it is held no longer. */
export function followEpoch(epochs: Epochs, epoch: number, nowMs: number): Entered | Refusal {
  if (epoch === epochs.current) return { epochs, shared: null };
  if (epochs.stage.at !== 'answered' || epoch !== nextOf(epochs)) return refuse('bad-epoch');
  return entered(epochs, epochs.stage.shared, nowMs);
}

/** S14: an own step enters the next epoch if its secret is there. */
export const enterEpoch = (epochs: Epochs, nowMs: number): Entered =>
  epochs.stage.at === 'ready' ? entered(epochs, epochs.stage.shared, nowMs) : { epochs, shared: null };

/** Something was opened: so whoever an offer was said to is there. */
export const heard = (epochs: Epochs): Epochs =>
  epochs.stage.at === 'offering' && !epochs.stage.isHeard ? { ...epochs, stage: { ...epochs.stage, isHeard: true } } : epochs;

/** A content went, either way. */
export const counted = (epochs: Epochs): Epochs => ({ ...epochs, contents: epochs.contents + 1 });

export function writeEpochs(out: Writer, { current, sinceMs, contents, stage }: Epochs): void {
  out.u8(current).u64(sinceMs).varint(contents).u8(stages.indexOf(stage.at));
  if (stage.at === 'offering') out.fixed(stage.secret).u64(stage.saidMs).u8(Number(stage.isHeard));
  if (stage.at === 'ready') out.fixed(stage.shared);
  if (stage.at === 'answered') out.fixed(stage.offer).fixed(stage.ciphertext).fixed(stage.shared).u8(Number(stage.isSaid));
}

/** Null where the stage is none of this side's. */
export function readEpochs(read: Reader, side: Side): Epochs | null {
  const [current, sinceMs, contents] = [read.u8(), read.u64(), read.varint()];
  const stage = readStage(read, stages[read.u8()], side);
  return stage && { current, sinceMs, contents, stage };
}

const dayMs = 24 * hourMs;
const contentsPerEpoch = 50;
const resting: Stage = { at: 'resting' };
const stages: readonly Stage['at'][] = ['resting', 'offering', 'ready', 'answered'];

const nextOf = ({ current }: Epochs): number => (current + 1) % 256;
const freshOffer = (luck: Luck): Stage => ({ at: 'offering', secret: luck(sizes.kemSecret), saidMs: 0, isHeard: false });

const entered = (epochs: Epochs, shared: Uint8Array, nowMs: number): Entered => ({
  epochs: { current: nextOf(epochs), sinceMs: nowMs, contents: 0, stage: resting },
  shared,
});

function isTime({ contents, sinceMs }: Epochs, nowMs: number, isBack: boolean): boolean {
  const age = nowMs - sinceMs;
  return contents >= contentsPerEpoch || (contents > 0 && age >= dayMs) || (isBack && age >= hourMs);
}

function hearOffer(suite: Suite, stage: Stage, key: Uint8Array, luck: Luck): Stage | Refusal {
  const offer = suite.hash(key);
  // S13: the same answer to the same offer.
  if (stage.at === 'answered') return isEqual(offer, stage.offer) ? { ...stage, isSaid: false } : refuse('equivocation');
  const made = suite.encapsulate(key, luck(sizes.kemLuck));
  return made === null ? refuse('bad-key') : { at: 'answered', offer, ...made, isSaid: false };
}

function hearAnswer(suite: Suite, stage: Stage, ciphertext: Uint8Array): Stage | Refusal {
  if (stage.at === 'ready') return stage;
  if (stage.at !== 'offering') return refuse('bad-epoch');
  const shared = suite.decapsulate(stage.secret, ciphertext);
  return shared === null ? refuse('bad-key') : { at: 'ready', shared };
}

function readStage(read: Reader, at: Stage['at'] | undefined, side: Side): Stage | null {
  if (at === 'resting') return resting;
  if (at === 'answered' && side === 'initiator') {
    const [offer, ciphertext, shared] = [read.fixed(sizes.hash), read.fixed(sizes.kemCiphertext), read.fixed(sizes.shared)];
    return readFlag(read, (isSaid) => ({ at, offer, ciphertext, shared, isSaid }));
  }
  if (at === 'ready' && side === 'responder') return { at, shared: read.fixed(sizes.shared) };
  if (at !== 'offering' || side !== 'responder') return null;
  const [secret, saidMs] = [read.fixed(sizes.kemSecret), read.u64()];
  return readFlag(read, (isHeard) => ({ at, secret, saidMs, isHeard }));
}

function readFlag(read: Reader, make: (flag: boolean) => Stage): Stage | null {
  const flag = read.u8();
  return flag > 1 ? null : make(flag === 1);
}
