/** What is for one device alone: sealed over the session with it, which is begun where there is none, and anew where it broke (S15). */
import type { Core } from '../core.ts';
import { begin } from '../../protocol/conversation/begin.ts';
import type { InviteKey } from '../../protocol/conversation/begin.ts';
import { mayReset, spokenOn, withBegun, withSession } from '../../protocol/conversation/pair.ts';
import { seal } from '../../protocol/conversation/seal.ts';
import type { Sealed } from '../../protocol/conversation/seal.ts';
import { giveUp, isStuck, ownWord, renewLease } from '../../protocol/conversation/session.ts';
import type { SessionState } from '../../protocol/conversation/session-state.ts';
import { replacesAll } from '../../protocol/conversation/who.ts';
import { nothingSaid } from '../../protocol/entries/passing.ts';
import type { DeviceId, RoomId } from '../../protocol/ids.ts';
import type { Bundle } from '../../protocol/people/bundle.ts';
import { decodeBundle } from '../../protocol/people/bundle.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import type { Peer, Peers } from '../mesh/peers.ts';
import { keyOf } from '../records.ts';
import { initialNumber, isShared, letterOf } from './letter.ts';
import type { Letter, LetterEntry } from './letter.ts';
import { createLetters } from './letters.ts';
import type { Letters, LettersHands } from './letters.ts';
import { sessionName } from './vault.ts';
import type { Turn, Vault } from './vault.ts';

export interface Post extends Pick<Letters, 'flush' | 'arrived' | 'close'> {
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
  /** S15. What waited on what was spoken on before is dropped: its own parts of the app say it again. False: not now. */
  beginAnew(turn: Turn, device: DeviceId, knocked?: { readonly bundle: Bundle; readonly invite: InviteKey }): Promise<boolean>;
  /** These are spoken on no more: they began anew. */
  silenced(turn: Turn, device: DeviceId, sessions: readonly SessionState[]): void;
  /** In a turn: what waits for devices of nobody whom I share anything with goes. */
  forget(turn: Turn, sharesWith: (device: DeviceId) => boolean): void;
  /** It is known better whose devices are whose: whatever was begun in another's name goes. In the lane, and a turn of its own. */
  disown(): void;
  /** What the session has to say for itself. `isBack`: the two just met again. */
  tend(turn: Turn, device: DeviceId, isBack: boolean): void;
}

export interface PostHands extends LettersHands {
  /** S15: nothing can be said on the session any more. */
  onStuck(device: DeviceId): void;
  /** In a turn: what was under way to that device is to be said again. */
  onSilenced(turn: Turn, device: DeviceId): Promise<void>;
}

export function createPost(core: Core, vault: Vault, peers: Peers, hands: PostHands): Post {
  const letters = createLetters(core, vault, peers, hands);

  const sealIn = (turn: Turn, device: DeviceId, session: SessionState, content: Uint8Array): Sealed | null => {
    // S11: with every commit anew, so that a disk that is set back a little stands before no number that was used.
    const sealed = seal(vault.suite, renewLease(session), content);
    if (isRefusal(sealed)) {
      core.log('not-posted', { why: sealed.refused });
      if (isStuck(session)) turn.after(() => hands.onStuck(device));
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
    if (sealed === null) return false;
    const { n, envelope } = sealed;
    letters.add(turn, letterOf({ device, initialId: sessionName(sealed.state), n, envelope, entry, isKept: true }));
    return true;
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
    const { n, envelope } = sealed;
    const letter = letterOf({ device, initialId: sessionName(sealed.state), n, envelope, entry: null, isKept: false });
    letters.add(turn, letter);
    turn.after(() => then(letter));
    return true;
  };

  /** What went in passing long before, and never arrived. */
  const withoutLost = (turn: Turn, session: SessionState): SessionState => {
    const isLost = ({ isKept, initialId, n }: Letter): boolean =>
      !isKept && initialId === sessionName(session) && n + lostBehind <= session.sending.next;
    const lost = [...letters.all()].filter(isLost);
    letters.drop(turn, lost);
    return lost.reduce((state, { n }) => giveUp(state, n), session);
  };

  const bundleOf = async (device: DeviceId): Promise<Bundle | null> => {
    const left = await core.storage.get(keyOf.bundle(device));
    const bundle = left && decodeBundle(vault.suite, left.value, core.clock.nowMs());
    return bundle === null || isRefusal(bundle) ? null : bundle;
  };

  /** With a first content and, where it is small, all of it. Answers the session it began. */
  const beginWith = (
    turn: Turn,
    bundle: Bundle,
    content: Uint8Array,
    how: { readonly invite: InviteKey | null; readonly replaces: Uint8Array | null; readonly entry: LetterEntry | null },
  ): SessionState | null => {
    const device = bundle.certificate.deviceId;
    const nowMs = core.clock.nowMs();
    const { invite, replaces, entry } = how;
    if (!turn.mayBe(device, bundle.certificate.personId)) {
      core.log('not-begun', { why: 'equivocation' });
      return null;
    }
    const begun = begin(vault.suite, { us: vault.keys.us, bundle, content, invite, replaces }, vault.luck, nowMs);
    const changed = isRefusal(begun) ? begun : withBegun(turn.pair(device), begun, nowMs);
    if (isRefusal(begun) || isRefusal(changed)) {
      core.log('not-begun', { why: 'refused' in changed ? changed.refused : 'closed' });
      return null;
    }
    turn.setPair(device, changed.pair);
    const { state, envelope } = begun;
    letters.add(turn, letterOf({ device, initialId: sessionName(state), n: initialNumber, envelope, entry, isKept: true }));
    if (replaces !== null) post.silenced(turn, device, changed.silenced);
    return state;
  };

  const dropOn = (turn: Turn, device: DeviceId, sessions: readonly SessionState[]): void => {
    const names = new Set(sessions.map(sessionName));
    letters.drop(
      turn,
      letters.of(device).filter(({ initialId }) => names.has(initialId)),
    );
  };

  const post: Post = {
    ...{ flush: letters.flush, arrived: letters.arrived, close: letters.close },
    load: async () => {
      await letters.load();
      await vault.turn((turn) => {
        const sessionsOf = (device: DeviceId): ReadonlySet<string> =>
          new Set(turn.pair(device).sessions.map(({ state }) => sessionName(state)));
        // Of a session that is not here any more nothing can be acknowledged: its own parts of the app say it again.
        const stray = [...letters.all()].filter(({ device, initialId }) => !sessionsOf(device).has(initialId));
        letters.drop(turn, stray);
        // What was under way in passing when we went is nobody's to acknowledge any more.
        const kept = new Set([...letters.all()].map((letter) => `${letter.initialId}/${letter.n}`));
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
      const bundle = await bundleOf(device);
      return bundle !== null && post.begin(turn, bundle, content, null, entry);
    },
    isWaiting: (device, room, seq) =>
      letters.of(device).some(({ entry }) => entry !== null && entry.room === room && entry.seq === seq),
    pass: (turn, device, content, peer) => {
      const session = spokenOn(turn.pair(device));
      // Where the other side does not know of it yet, the letter that begins it goes first, and this would be a riddle.
      if (session === null || !isShared(turn.pair(device), session)) return false;
      return sealInPassing(turn, device, session, content, (letter) => void letters.hand(peer, letter.envelope));
    },
    guess: async (turn, device, content, peer) => {
      const [letter] = letters.of(device);
      if (letter !== undefined) return turn.after(() => void letters.hand(peer, letter.envelope));
      const session = spokenOn(turn.pair(device));
      if (session === null) return void (await post.send(turn, device, content));
      sealInPassing(turn, device, session, content, (sealed) => void letters.hand(peer, sealed.envelope));
    },
    isBusyWith: (device) => letters.of(device).length >= busyWith,
    awaits: (device) => letters.of(device).some((letter) => letter.isKept),
    begin: (turn, bundle, content, invite, entry) => {
      const isSmall = content.length < mostInInitial;
      const inside = { invite, replaces: null, entry: isSmall ? (entry ?? null) : null };
      const state = beginWith(turn, bundle, isSmall ? content : nothingSaid, inside);
      return state !== null && (isSmall || sealOn(turn, bundle.certificate.deviceId, state, content, entry));
    },
    beginAnew: async (turn, device, knocked) => {
      if (!mayReset(turn.pair(device), core.clock.nowMs())) return false;
      const bundle = knocked?.bundle ?? (await bundleOf(device));
      const how = { invite: knocked?.invite ?? null, replaces: replacesAll, entry: null };
      if (bundle === null || beginWith(turn, bundle, nothingSaid, how) === null) return false;
      core.log('session-begun-anew');
      return true;
    },
    silenced: (turn, device, sessions) => {
      dropOn(turn, device, sessions);
      turn.after(() => void core.lane.run(() => vault.turn((next) => hands.onSilenced(next, device))));
    },
    forget: (turn, sharesWith) => {
      const lost = [...letters.all()].filter(({ device, isKept }) => isKept && !sharesWith(device));
      letters.drop(turn, lost);
      for (const { device, initialId, n } of lost) {
        const held = turn.pair(device).sessions.find(({ state }) => sessionName(state) === initialId);
        if (held !== undefined) turn.setPair(device, withSession(turn.pair(device), giveUp(held.state, n)));
      }
    },
    disown: () => {
      if (vault.lies().length === 0) return;
      void core.lane.run(() =>
        vault.turn((turn) => {
          for (const { device, sessions } of vault.lies()) {
            dropOn(turn, device, sessions);
            turn.setPair(device, turn.pair(device));
            // Who is at the end of a path may have been their word too.
            for (const peer of peers.all()) if (peer.device === device) peer.device = null;
          }
        }),
      );
    },
    tend: (turn, device, isBack) => {
      for (let round = 0; round < mostOwnWords; round += 1) {
        const session = spokenOn(turn.pair(device));
        const word = session && ownWord(vault.suite, session, vault.luck, core.clock.nowMs(), isBack && round === 0);
        if (word === null || !sealOn(turn, device, word.state, word.content)) return;
      }
    },
  };
  return post;
}

/** Half the window is for letters alone. */
const mostInPassing = 128;
const mostInInitial = 560;
const mostOwnWords = 2;
const lostBehind = 64;
const busyWith = 64;
