/**
 * What is for one device alone: sealed over the session with it. Letters are kept until it acknowledges, and handed to every path that
 * ends there; what is said in passing goes once, to one path, and is on no disk (M10).
 */
import type { Core } from '../core.ts';
import { bytesToHex } from '../../protocol/bytes.ts';
import { begin } from '../../protocol/conversation/begin.ts';
import type { InviteKey } from '../../protocol/conversation/begin.ts';
import { spokenOn, withBegun, withSession } from '../../protocol/conversation/pair.ts';
import { seal } from '../../protocol/conversation/seal.ts';
import type { Sealed } from '../../protocol/conversation/seal.ts';
import { giveUp, needsLease, ownWord, renewLease } from '../../protocol/conversation/session.ts';
import type { SessionState } from '../../protocol/conversation/session-state.ts';
import { nothingSaid } from '../../protocol/entries/passing.ts';
import { encodeFrame } from '../../protocol/frame.ts';
import type { DeviceId, RoomId } from '../../protocol/ids.ts';
import type { Bundle } from '../../protocol/people/bundle.ts';
import { decodeBundle } from '../../protocol/people/bundle.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import { encodeHop } from '../../protocol/wire/hop.ts';
import type { Stop } from '../../ports/clock.ts';
import { pathOf, sendTo } from '../mesh/peers.ts';
import type { Peer, Peers } from '../mesh/peers.ts';
import { keyOf, under } from '../records.ts';
import { afterArrival, firstWaitMs, initialNumber, isShared, letterOf, readLetter, tagOf, writeLetter } from './letter.ts';
import type { Letter, LetterEntry } from './letter.ts';
import { sessionName } from './vault.ts';
import type { Turn, Vault } from './vault.ts';

export interface Post {
  load(): Promise<void>;
  /** Seals for a device; begins a session where there is none. False: there is none, and nothing to begin one with. */
  send(turn: Turn, device: DeviceId, content: Uint8Array, entry?: LetterEntry): Promise<boolean>;
  /** A letter with this entry is on its way to the device. */
  isWaiting(device: DeviceId, room: RoomId, seq: number): boolean;
  /** Said in passing to whoever is at the end of this path, on the session there is. False: there is none, or they answer nothing. */
  pass(turn: Turn, device: DeviceId, content: Uint8Array, peer: Peer): boolean;
  /** Hands something to this path that only this device can acknowledge, should it be the one at its end. */
  guess(turn: Turn, device: DeviceId, content: Uint8Array, peer: Peer): Promise<void>;
  /** They were sent much that they have not acknowledged: what they ask for more can wait. */
  isBusyWith(device: DeviceId): boolean;
  /** Letters wait for it. */
  awaits(device: DeviceId): boolean;
  /** Begins a session with whoever left this bundle. */
  begin(turn: Turn, bundle: Bundle, content: Uint8Array, invite: InviteKey | null, entry?: LetterEntry): boolean;
  /** What the session has to say for itself. */
  tend(turn: Turn, device: DeviceId, isBack: boolean): void;
  /** Hands to this path what waits for the device at its end. */
  flush(peer: Peer): void;
  /** An acknowledgement: something arrived. */
  arrived(a: Uint8Array, peer: Peer): void;
  close(): void;
}

type OnArrived = (turn: Turn, device: DeviceId, entry: LetterEntry) => void;

export interface PostHands {
  onArrived: OnArrived;
  /** It is known now, and was not before, which device is at the end of this path. */
  onBound(peer: Peer): void;
}

export function createPost(core: Core, vault: Vault, peers: Peers, { onArrived, onBound }: PostHands): Post {
  /** By tag. */
  const waiting = new Map<string, Letter>();
  let retry: Stop | null = null;
  let arrived: { readonly tag: string; readonly peer: Peer }[] = [];

  const put = (
    turn: Turn,
    device: DeviceId,
    state: Pick<SessionState, 'initialId'>,
    { n, envelope, entry }: Pick<Letter, 'n' | 'envelope' | 'entry'>,
  ): void => {
    const tag = tagOf(envelope);
    const letter = letterOf({ device, initialId: sessionName(state), n, envelope, entry, isKept: true });
    turn.write({ op: 'put', key: keyOf.post(device, tag), value: writeLetter(letter) });
    turn.after(() => {
      waiting.set(tag, letter);
      for (const peer of peers.all()) if (peer.device === device) post.flush(peer);
    });
  };

  const hand = (peer: Peer, envelope: Uint8Array): ReturnType<typeof sendTo> => {
    const hop = encodeHop({ kind: 'envelope', ttl: 0, copies: 1, to: toLinkEnd }, envelope);
    return sendTo(peer, encodeFrame({ kind: 'hop', bytes: hop }));
  };

  const lettersFor = (device: DeviceId): readonly Letter[] => [...waiting.values()].filter((letter) => letter.device === device);

  /** Once in a while the same bytes again, ever more patiently. */
  const plan = (): void => {
    retry ??= core.clock.after(tickMs, () => {
      retry = null;
      for (const letter of waiting.values()) {
        if (letter.had.size === 0) continue;
        letter.waitMs -= tickMs;
        if (letter.waitMs > 0) continue;
        letter.tries += 1;
        letter.waitMs = Math.min(firstWaitMs * 2 ** Math.min(letter.tries, 8), longestWaitMs);
        letter.had.clear();
      }
      for (const peer of peers.all()) post.flush(peer);
    });
  };

  const sealIn = (turn: Turn, device: DeviceId, session: SessionState, content: Uint8Array): Sealed | null => {
    const state = needsLease(session) ? renewLease(session) : session;
    const sealed = seal(vault.suite, state, content);
    if (isRefusal(sealed)) {
      core.log('not-posted', { why: sealed.refused });
      return null;
    }
    turn.setPair(device, withSession(turn.pair(device), sealed.state));
    return sealed;
  };

  const sealOn = (
    turn: Turn,
    device: DeviceId,
    session: SessionState,
    content: Uint8Array,
    entry: LetterEntry | null = null,
  ): boolean => {
    const sealed = sealIn(turn, device, session, content);
    if (sealed !== null) put(turn, device, sealed.state, { n: sealed.n, envelope: sealed.envelope, entry });
    return sealed !== null;
  };

  /** Sealed on no disk: given up in time, or one that was lost would hold the window back for ever (S5). */
  const sealInPassing = (
    turn: Turn,
    device: DeviceId,
    session: SessionState,
    content: Uint8Array,
    then: (letter: Letter) => void,
  ): boolean => {
    const { next, acknowledged } = session.sending;
    if (next - acknowledged >= mostInPassing) return false;
    const sealed = sealIn(turn, device, withoutLost(turn, session), content);
    if (sealed === null) return false;
    turn.after(() => {
      const { n, envelope } = sealed;
      const initialId = sessionName(sealed.state);
      const letter = letterOf({ device, initialId, n, envelope, entry: null, isKept: false });
      waiting.set(tagOf(sealed.envelope), letter);
      then(letter);
    });
    return true;
  };

  /** What went in passing long before, and never arrived. */
  const withoutLost = (turn: Turn, session: SessionState): SessionState => {
    let state = session;
    for (const [tag, letter] of waiting) {
      if (letter.isKept || letter.initialId !== sessionName(session) || letter.n + lostBehind > session.sending.next) continue;
      turn.after(() => void waiting.delete(tag));
      state = giveUp(state, letter.n);
    }
    return state;
  };

  /** In the lane: all that was acknowledged meanwhile is one commit. */
  const settle = async (): Promise<void> => {
    const all = arrived;
    arrived = [];
    await vault.turn((turn) => {
      for (const { tag, peer } of all) {
        const letter = waiting.get(tag);
        if (letter === undefined) continue;
        if (letter.isKept) turn.write({ op: 'delete', key: keyOf.post(letter.device, tag) });
        turn.setPair(letter.device, afterArrival(turn.pair(letter.device), letter));
        // Revealed after it was committed there.
        if (letter.entry !== null) onArrived(turn, letter.device, letter.entry);
        turn.after(() => {
          waiting.delete(tag);
          // Nobody else could have told that number.
          if (peer.device !== null) return;
          peer.device = letter.device;
          post.flush(peer);
          onBound(peer);
        });
      }
    });
  };

  const post: Post = {
    load: async () => {
      for (const { key, value } of await core.storage.range(under('post'))) {
        const [, device, tag] = key.split('/');
        const letter = readLetter(device as DeviceId, value);
        if (letter !== null && tag !== undefined) waiting.set(tag, letter);
      }
      // What was under way in passing when we went is nobody's to acknowledge any more.
      const kept = new Set([...waiting.values()].map((letter) => `${letter.initialId}/${letter.n}`));
      await vault.turn((turn) => {
        for (const device of vault.devices()) {
          for (const { state } of turn.pair(device).sessions) {
            const lost = state.sending.outstanding.filter((n) => !kept.has(`${sessionName(state)}/${n}`));
            if (lost.length > 0) turn.setPair(device, withSession(turn.pair(device), lost.reduce(giveUp, state)));
          }
        }
      });
    },
    send: async (turn, device, content, entry) => {
      const session = spokenOn(turn.pair(device));
      if (session !== null) return sealOn(turn, device, session, content, entry);
      const left = await core.storage.get(keyOf.bundle(device));
      const bundle = left && decodeBundle(vault.suite, left.value, core.clock.nowMs());
      return bundle !== null && !isRefusal(bundle) && post.begin(turn, bundle, content, null, entry);
    },
    isWaiting: (device, room, seq) =>
      [...waiting.values()].some((letter) => letter.device === device && letter.entry?.room === room && letter.entry.seq === seq),
    pass: (turn, device, content, peer) => {
      const session = spokenOn(turn.pair(device));
      // Where the other side does not know of it yet, the letter that begins it goes first, and this would be a riddle.
      if (session === null || !isShared(turn.pair(device), session)) return false;
      return sealInPassing(turn, device, session, content, (letter) => void hand(peer, letter.envelope));
    },
    guess: async (turn, device, content, peer) => {
      const [letter] = lettersFor(device);
      if (letter !== undefined) return turn.after(() => void hand(peer, letter.envelope));
      const session = spokenOn(turn.pair(device));
      if (session === null) return void (await post.send(turn, device, content));
      sealInPassing(turn, device, session, content, (sealed) => void hand(peer, sealed.envelope));
    },
    isBusyWith: (device) => lettersFor(device).length >= busyWith,
    awaits: (device) => lettersFor(device).some((letter) => letter.isKept),
    begin: (turn, bundle, content, invite, entry) => {
      const device = bundle.certificate.deviceId;
      const isSmall = content.length < mostInInitial;
      const beginning = { us: vault.keys.us, bundle, content: isSmall ? content : nothingSaid, invite, replaces: null };
      const begun = begin(vault.suite, beginning, vault.luck, core.clock.nowMs());
      const changed = isRefusal(begun) ? begun : withBegun(turn.pair(device), begun, core.clock.nowMs());
      if (isRefusal(begun) || isRefusal(changed)) {
        core.log('not-begun', { why: 'refused' in changed ? changed.refused : 'closed' });
        return false;
      }
      turn.setPair(device, changed.pair);
      const inside = isSmall ? (entry ?? null) : null;
      put(turn, device, begun.state, { n: initialNumber, envelope: begun.envelope, entry: inside });
      return isSmall || sealOn(turn, device, begun.state, content, entry);
    },
    tend: (turn, device, isBack) => {
      for (let round = 0; round < mostOwnWords; round += 1) {
        const session = spokenOn(turn.pair(device));
        const word = session && ownWord(vault.suite, session, vault.luck, core.clock.nowMs(), isBack && round === 0);
        if (word === null || !sealOn(turn, device, word.state, word.content)) return;
      }
    },
    flush: (peer) => {
      if (peer.device === null || pathOf(peer) === null) return;
      let isWaiting = false;
      for (const letter of waiting.values()) {
        if (letter.device !== peer.device || !letter.isKept) continue;
        isWaiting = true;
        if (letter.had.get(peer.id) === peer.era) continue;
        const result = hand(peer, letter.envelope);
        // None of ours is too big; one that were must not stop the others.
        if (result !== 'sent' && result !== 'too-big') break;
        letter.had.set(peer.id, peer.era);
      }
      if (isWaiting) plan();
    },
    arrived: (a, peer) => {
      const tag = bytesToHex(vault.suite.hash(a).subarray(0, 16));
      if (!waiting.has(tag)) return core.log('acknowledgement-refused', { why: 'unknown-tag' });
      arrived.push({ tag, peer });
      if (arrived.length === 1) void core.lane.run(settle);
    },
    close: () => retry?.(),
  };
  return post;
}

const mostInInitial = 560;
const mostOwnWords = 2;
/** Half the window is for letters alone. */
const mostInPassing = 128;
const lostBehind = 64;
const busyWith = 64;
/** Whoever is at the other end of the link. */
export const toLinkEnd: Uint8Array = new Uint8Array(8);
const tickMs = 1_000;
const longestWaitMs = 60_000;
