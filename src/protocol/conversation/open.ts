/** Opens an envelope of a session, and takes what steps it brings: theirs, an epoch's, an own one. */
import { concat, isEqual } from '../bytes.ts';
import { isRefusal, refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { isGoodDhKey } from '../suite/admission.ts';
import { sealKeyOf } from '../suite/chain.ts';
import type { Luck, Suite } from '../suite/suite.ts';
import { bucketOf, unpad } from '../wire/bucket.ts';
import { decodeControl, isControl } from './control.ts';
import { counted, enterEpoch, followEpoch, heard, hearControl } from './epochs.ts';
import { decodeHeader, headerBytesFor } from './header.ts';
import type { Header } from './header.ts';
import { makeKeyPair, stepRoot, walk } from './ratchet.ts';
import { advance, findSkipped, isRecognised, isRepeated, passedOver, withoutOld, withoutSkipped } from './receiving.ts';
import type { SessionState } from './session-state.ts';
import { tagBytes } from './tags.ts';
import type { NumberSecrets } from './tags.ts';

export interface Opened {
  /** To be committed before anything is sealed with it, and before `a` is revealed. */
  readonly state: SessionState;
  readonly n: number;
  /** Revealing it acknowledges the envelope. */
  readonly a: Uint8Array;
  /** Null where the session spoke to itself. */
  readonly content: Uint8Array | null;
}

/**
 * `number` is what the tag index found for the envelope's tag. Refused `repeated`: it was opened before, so its `a` may be revealed
 * again. No other refusal may be acknowledged.
 */
export function open(
  suite: Suite,
  state: SessionState,
  number: NumberSecrets,
  envelope: Uint8Array,
  luck: Luck,
  nowMs: number,
): Opened | Refusal {
  const bucket = bucketOf(envelope);
  if (isRefusal(bucket)) return bucket;
  const drawn = draw(suite, { ...state, receiving: withoutOld(state.receiving, nowMs) }, number, envelope, nowMs);
  if (isRefusal(drawn)) return drawn;
  const { key, nonce } = sealKeyOf(suite, drawn.seed);
  const headBytes = 1 + tagBytes + drawn.headerBytes;
  const bound = concat([state.id, envelope.subarray(0, headBytes)]);
  const padded = suite.open(key, nonce, envelope.subarray(headBytes), bound);
  if (padded === null) return refuse('bad-seal');
  const content = unpad(padded);
  if (isRefusal(content)) return content;
  const heeded = heed(suite, drawn.settle(), content, luck, nowMs);
  if (isRefusal(heeded)) return heeded;
  const stepped = takeStep(suite, heeded, luck, nowMs);
  return { state: stepped, n: number.n, a: number.a, content: isControl(content) ? null : content };
}

interface Came {
  readonly n: number;
  readonly envelope: Uint8Array;
}

/** Where the key of a number comes from, and what the state is once the seal was found good. */
interface Drawn {
  readonly seed: Uint8Array;
  readonly headerBytes: number;
  settle(): SessionState;
}

function draw(
  suite: Suite,
  state: SessionState,
  { n, mask }: NumberSecrets,
  envelope: Uint8Array,
  nowMs: number,
): Drawn | Refusal {
  const { receiving } = state;
  const skipped = findSkipped(receiving, n);
  if (skipped !== null) return { ...skipped, settle: () => ({ ...state, receiving: withoutSkipped(receiving, n, envelope) }) };
  if (!isRecognised(receiving, n)) return refuse('unknown-tag');
  // S8. What was never opened must not look as if it had been.
  if (n < receiving.reached) {
    if (receiving.lost.includes(n)) return refuse('too-old');
    return refuse(isRepeated(receiving, n, envelope) ? 'repeated' : 'equivocation');
  }
  const header = decodeHeader(envelope.subarray(1 + tagBytes), mask);
  if (isRefusal(header)) return header;
  const isKnown = receiving.chain !== null && isEqual(header.key, receiving.chain.theirs);
  return isKnown
    ? drawOnward(suite, state, header, { n, envelope }, nowMs)
    : drawNew(suite, state, header, { n, envelope }, nowMs);
}

/** S6: of the known chain. */
function drawOnward(suite: Suite, state: SessionState, header: Header, came: Came, nowMs: number): Drawn | Refusal {
  const { receiving } = state;
  const { n } = came;
  const known = receiving.chain!;
  const start = n - header.index;
  if (start !== known.start || header.epoch !== known.epoch) return refuse('bad-seal');
  const { chain, seeds } = walk(suite, known.chain, n - receiving.reached + 1);
  return {
    seed: seeds.at(-1)!,
    headerBytes: headerBytesFor(header.index),
    settle: () => {
      const passed = passedOver(seeds.slice(0, -1), receiving.reached, start);
      return { ...state, receiving: advance(suite, receiving, { ...known, chain }, passed, came, nowMs) };
    },
  };
}

/** S6: of a chain that begins, after their step. */
function drawNew(suite: Suite, state: SessionState, header: Header, came: Came, nowMs: number): Drawn | Refusal {
  const { receiving } = state;
  const { n } = came;
  const { chain: older, reached } = receiving;
  const start = n - header.index;
  // They step only once for each key of ours; and a first chain begins at 0.
  if (state.isStepDue || start < reached || (older === null && start > 0)) return refuse('bad-seal');
  const followed = followEpoch(state.epochs, header.epoch, nowMs);
  if (isRefusal(followed)) return followed;
  if (!isGoodDhKey(header.key)) return refuse('bad-key');
  const step = stepRoot(suite, state.root, state.own.secret, header.key, header.epoch, followed.shared);
  if (step === null) return refuse('bad-key');
  const { chain, seeds } = walk(suite, step.chain, header.index + 1);
  return {
    seed: seeds.at(-1)!,
    headerBytes: headerBytesFor(header.index),
    settle: () => {
      const left = older === null ? [] : passedOver(walk(suite, older.chain, start - reached).seeds, reached, older.start);
      const passed = [...left, ...passedOver(seeds.slice(0, -1), start, start)];
      const begun = { theirs: header.key, epoch: header.epoch, start, chain };
      return {
        ...state,
        root: step.root,
        isStepDue: true,
        epochs: followed.epochs,
        receiving: advance(suite, receiving, begun, passed, came, nowMs),
      };
    },
  };
}

/** What the content itself changes. */
function heed(suite: Suite, state: SessionState, content: Uint8Array, luck: Luck, nowMs: number): SessionState | Refusal {
  if (content.length === 0) return refuse('truncated');
  const firstOpenedMs = state.firstOpenedMs === 0 ? nowMs : state.firstOpenedMs;
  const met = { ...state, firstOpenedMs, lastOpenedMs: nowMs, epochs: heard(state.epochs) };
  if (!isControl(content)) return { ...met, epochs: counted(met.epochs), unanswered: met.unanswered + 1 };
  const control = decodeControl(content);
  if (isRefusal(control)) return control;
  const epochs = hearControl(suite, state.side, met.epochs, control, luck);
  return isRefusal(epochs) ? epochs : { ...met, epochs };
}

/** S9, S10. */
function takeStep(suite: Suite, state: SessionState, luck: Luck, nowMs: number): SessionState {
  const { receiving, steppedMs, sending } = state;
  // A clock that was put back must not stop the ratchet.
  const isSoon = nowMs >= steppedMs && nowMs - steppedMs < stepEveryMs;
  if (!state.isStepDue || isSoon) return state;
  const { epochs, shared } = enterEpoch(state.epochs, nowMs);
  const own = makeKeyPair(suite, luck);
  const step = stepRoot(suite, state.root, own.secret, receiving.chain!.theirs, epochs.current, shared);
  // Their key was admitted when its chain began.
  if (step === null) throw new Error('an admitted key agreed to nothing');
  return {
    ...state,
    root: step.root,
    own,
    steppedMs: nowMs,
    isStepDue: false,
    epochs,
    sending: { ...sending, chain: step.chain, start: sending.next, epoch: epochs.current },
  };
}

const stepEveryMs = 1_000;
