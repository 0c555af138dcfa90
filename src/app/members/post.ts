/** What is for one device alone: sealed over the session with it, kept until it acknowledges, handed to every path that ends there. */
import type { Core } from '../core.ts';
import { bytesToHex, hexToBytes, createReader, createWriter, isEqual } from '../../protocol/bytes.ts';
import { begin } from '../../protocol/conversation/begin.ts';
import type { InviteKey } from '../../protocol/conversation/begin.ts';
import { spokenOn, withArrived, withBegun, withSession } from '../../protocol/conversation/pair.ts';
import { seal } from '../../protocol/conversation/seal.ts';
import { acknowledge, needsLease, ownWord, renewLease } from '../../protocol/conversation/session.ts';
import type { SessionState } from '../../protocol/conversation/session-state.ts';
import { encodeFrame } from '../../protocol/frame.ts';
import type { DeviceId } from '../../protocol/ids.ts';
import type { Bundle } from '../../protocol/people/bundle.ts';
import { decodeBundle } from '../../protocol/people/bundle.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import { encodeHop } from '../../protocol/wire/hop.ts';
import type { Stop } from '../../ports/clock.ts';
import { pathOf, sendTo } from '../mesh/peers.ts';
import type { Peer, Peers } from '../mesh/peers.ts';
import { keyOf, under } from '../records.ts';
import { sessionName } from './vault.ts';
import type { Turn, Vault } from './vault.ts';

export interface Post {
  load(): Promise<void>;
  /** Seals for a device; begins a session where there is none. False: there is none, and nothing to begin one with. */
  send(turn: Turn, device: DeviceId, content: Uint8Array): Promise<boolean>;
  /** Begins a session with whoever left this bundle. */
  begin(turn: Turn, bundle: Bundle, content: Uint8Array, invite: InviteKey | null): boolean;
  /** What the session has to say for itself. */
  tend(turn: Turn, device: DeviceId, isBack: boolean): void;
  /** Hands to this path what waits for the device at its end. */
  flush(peer: Peer): void;
  /** An acknowledgement: something arrived. */
  arrived(a: Uint8Array): void;
  close(): void;
}

export function createPost(core: Core, vault: Vault, peers: Peers): Post {
  /** By tag. */
  const waiting = new Map<string, Letter>();
  let retry: Stop | null = null;

  const put = (turn: Turn, device: DeviceId, state: Pick<SessionState, 'initialId'>, n: number, envelope: Uint8Array): void => {
    const tag = bytesToHex(envelope.subarray(1, 17));
    const value = createWriter().fixed(state.initialId).u32(n).fixed(envelope).done();
    turn.write({ op: 'put', key: keyOf.post(device, tag), value });
    turn.after(() => {
      waiting.set(tag, { device, initialId: sessionName(state), n, envelope, had: new Map(), waitMs: firstWaitMs, tries: 0 });
      for (const peer of peers.all()) if (peer.device === device) post.flush(peer);
    });
  };

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

  const sealOn = (turn: Turn, device: DeviceId, session: SessionState, content: Uint8Array): boolean => {
    const state = needsLease(session) ? renewLease(session) : session;
    const sealed = seal(vault.suite, state, content);
    if (isRefusal(sealed)) {
      core.log('not-posted', { why: sealed.refused });
      return false;
    }
    turn.setPair(device, withSession(turn.pair(device), sealed.state));
    put(turn, device, sealed.state, sealed.n, sealed.envelope);
    return true;
  };

  const post: Post = {
    load: async () => {
      for (const { key, value } of await core.storage.range(under('post'))) {
        const [, device, tag] = key.split('/');
        const read = createReader(value);
        const initialId = bytesToHex(read.fixed(32));
        const n = read.u32();
        const envelope = read.rest();
        if (!read.isGood() || tag === undefined) continue;
        waiting.set(tag, {
          device: device as DeviceId,
          initialId,
          n,
          envelope,
          had: new Map(),
          waitMs: firstWaitMs,
          tries: 0,
        });
      }
    },
    send: async (turn, device, content) => {
      const session = spokenOn(turn.pair(device));
      if (session !== null) return sealOn(turn, device, session, content);
      const left = await core.storage.get(keyOf.bundle(device));
      const bundle = left && decodeBundle(vault.suite, left.value, core.clock.nowMs());
      return bundle !== null && !isRefusal(bundle) && post.begin(turn, bundle, content, null);
    },
    begin: (turn, bundle, content, invite) => {
      const device = bundle.certificate.deviceId;
      const isSmall = content.length < mostInInitial;
      const beginning = { us: vault.keys.us, bundle, content: isSmall ? content : nothing, invite, replaces: null };
      const begun = begin(vault.suite, beginning, vault.luck, core.clock.nowMs());
      const changed = isRefusal(begun) ? begun : withBegun(turn.pair(device), begun, core.clock.nowMs());
      if (isRefusal(begun) || isRefusal(changed)) {
        core.log('not-begun', { why: 'refused' in changed ? changed.refused : 'closed' });
        return false;
      }
      turn.setPair(device, changed.pair);
      put(turn, device, begun.state, initialNumber, begun.envelope);
      return isSmall || sealOn(turn, device, begun.state, content);
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
        if (letter.device !== peer.device) continue;
        isWaiting = true;
        if (letter.had.get(peer.id) === peer.era) continue;
        const hop = encodeHop({ kind: 'envelope', ttl: 0, copies: 1, to: toLinkEnd }, letter.envelope);
        if (sendTo(peer, encodeFrame({ kind: 'hop', bytes: hop })) !== 'sent') break;
        letter.had.set(peer.id, peer.era);
      }
      if (isWaiting) plan();
    },
    arrived: (a) => {
      const tag = bytesToHex(vault.suite.hash(a).subarray(0, 16));
      if (!waiting.has(tag)) return;
      void core.lane.run(async () => {
        const letter = waiting.get(tag);
        if (letter === undefined) return;
        await vault.turn((turn) => {
          turn.write({ op: 'delete', key: keyOf.post(letter.device, tag) });
          const pair = turn.pair(letter.device);
          if (letter.n === initialNumber) turn.setPair(letter.device, withArrived(pair, hexToBytes(letter.initialId)));
          else {
            const held = pair.sessions.find(({ state }) => isEqual(state.initialId, hexToBytes(letter.initialId)));
            const state = held && acknowledge(held.state, letter.n);
            if (state !== undefined && !isRefusal(state)) turn.setPair(letter.device, withSession(pair, state));
          }
          turn.after(() => void waiting.delete(tag));
        });
      });
    },
    close: () => retry?.(),
  };
  return post;
}

interface Letter {
  readonly device: DeviceId;
  readonly initialId: string;
  readonly n: number;
  readonly envelope: Uint8Array;
  /** Which peers had it, and in which era of theirs. */
  readonly had: Map<string, number>;
  waitMs: number;
  tries: number;
}

/** In the place of a number, for the envelope that began the session. */
const initialNumber = 0xffffffff;
/** Says nothing, and is content. */
const nothing = Uint8Array.of(64);
const mostInInitial = 560;
const mostOwnWords = 2;
/** Whoever is at the other end of the link. */
export const toLinkEnd: Uint8Array = new Uint8Array(8);
const tickMs = 1_000;
const firstWaitMs = 4_000;
const longestWaitMs = 60_000;
