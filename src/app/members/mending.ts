/**
 * Sessions that fell out of step are begun anew (S15): one of the two lost its disk, or had it set back to an old copy. Which of them it
 * was nobody can tell, so whoever sees it begins. And whoever is met is handed what a session with me begins with, while it is good.
 */
import type { Core } from '../core.ts';
import { isEqual } from '../../protocol/bytes.ts';
import { spokenOn } from '../../protocol/conversation/pair.ts';
import type { Pair } from '../../protocol/conversation/pair.ts';
import type { SessionState } from '../../protocol/conversation/session-state.ts';
import { encodeBetween } from '../../protocol/entries/between.ts';
import type { DeviceId } from '../../protocol/ids.ts';
import { decodeBundle } from '../../protocol/people/bundle.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import type { RefusalReason } from '../../protocol/refusal.ts';
import type { Peer } from '../mesh/peers.ts';
import { keyOf } from '../records.ts';
import type { Post } from './post.ts';
import type { Turn, Vault } from './vault.ts';

export interface Mending {
  /** What came on a session with that device was refused. */
  refused(device: DeviceId, initialId: Uint8Array, why: RefusalReason): void;
  /** Something of that device was opened on the session that this began. */
  heard(turn: Turn, device: DeviceId, initialId: Uint8Array): void;
  /** In the lane, and a turn of its own. */
  beginAnew(device: DeviceId): void;
  /** We know now who they are: the two are back (S12). */
  met(peer: Peer): void;
  /** What a session with that device begins with, said by itself. */
  takeBundle(turn: Turn, device: DeviceId, bytes: Uint8Array): RefusalReason | null;
}

export function createMending(core: Core, vault: Vault, post: Post): Mending {
  const planned = new Set<DeviceId>();
  /** In which era of its path. */
  const metIn = new WeakMap<Peer, number>();

  const beginAnew = (device: DeviceId): void => {
    if (planned.has(device)) return;
    planned.add(device);
    void core.lane.run(async () => {
      planned.delete(device);
      await vault.turn(async (turn) => void (await post.beginAnew(turn, device)));
    });
  };

  /** Once a bundle: its last one tells nothing new. */
  const tellBundle = async (turn: Turn, device: DeviceId, peer: Peer): Promise<void> => {
    const bundle = vault.keys.prekeys[0]?.bundle;
    if (bundle === undefined) return;
    const hour = new TextEncoder().encode(String(bundle.expiresHour));
    const told = await core.storage.get(keyOf.handed(device));
    if (told !== null && isEqual(told.value, hour)) return;
    if (!post.pass(turn, device, encodeBetween({ kind: 'bundle', body: bundle.bytes }), peer)) return;
    turn.write({ op: 'put', key: keyOf.handed(device), value: hour });
  };

  return {
    beginAnew,
    refused: (device, initialId, why) => {
      if (!isBroken.has(why)) return;
      const pair = vault.pair(device);
      const spoken = spokenOn(pair);
      // What was sealed before they knew of the one spoken on now may be on its way still.
      if (spoken === null || isEqual(spoken.initialId, initialId) || isOver(pair, initialId, spoken, core.clock.nowMs()))
        beginAnew(device);
    },
    heard: (turn, device, initialId) => {
      const pair = turn.pair(device);
      const spoken = spokenOn(pair);
      if (spoken === null || isEqual(spoken.initialId, initialId)) return;
      // They began it though there was the other one, or speak on what should be over: they do not have what I speak on.
      if (isLaterTheirs(pair, initialId, spoken) || isOver(pair, initialId, spoken, core.clock.nowMs()))
        turn.after(() => beginAnew(device));
    },
    met: (peer) => {
      const { device } = peer;
      if (device === null || metIn.get(peer) === peer.era) return;
      metIn.set(peer, peer.era);
      void core.lane.run(() =>
        vault.turn(async (turn) => {
          post.tend(turn, device, true);
          await tellBundle(turn, device, peer);
        }),
      );
    },
    takeBundle: (turn, device, bytes) => {
      const bundle = decodeBundle(vault.suite, bytes, core.clock.nowMs());
      if (isRefusal(bundle)) return bundle.refused;
      if (bundle.certificate.deviceId !== device) return 'bad-id';
      turn.write({ op: 'put', key: keyOf.bundle(device), value: bundle.bytes });
      if (isUnheard(turn.pair(device), core.clock.nowMs())) turn.after(() => beginAnew(device));
      return null;
    },
  };
}

/** What says that the two ends differ. Who hands envelopes on could say so too, by changing one: so it is asked only so often (S15). */
const isBroken: ReadonlySet<RefusalReason> = new Set<RefusalReason>([
  'bad-seal',
  'bad-epoch',
  'bad-key',
  'equivocation',
  'too-old',
]);

const sessionIn = ({ sessions }: Pair, initialId: Uint8Array): Pair['sessions'][number] | undefined =>
  sessions.find(({ state }) => isEqual(state.initialId, initialId));

/** The one spoken on came later, and so long ago that both should know of it. */
function isOver(pair: Pair, heard: Uint8Array, spoken: SessionState, nowMs: number): boolean {
  const [theirs, ours] = [sessionIn(pair, heard), sessionIn(pair, spoken.initialId)];
  if (theirs === undefined || ours === undefined) return false;
  return ours.sinceMs > theirs.sinceMs + crossedMs && nowMs - ours.sinceMs >= settledMs;
}

function isLaterTheirs(pair: Pair, heard: Uint8Array, spoken: SessionState): boolean {
  const [theirs, ours] = [sessionIn(pair, heard), sessionIn(pair, spoken.initialId)];
  return theirs?.state.side === 'responder' && ours !== undefined && theirs.sentMs > ours.sinceMs + crossedMs;
}

/** Of what I began nobody has heard for so long: what it was sealed for is over there. */
function isUnheard(pair: Pair, nowMs: number): boolean {
  const spoken = spokenOn(pair);
  const ours = spoken && sessionIn(pair, spoken.initialId);
  return ours !== null && ours !== undefined && !ours.isShared && nowMs - ours.sinceMs >= settledMs;
}

const settledMs = 3_600_000;
/** Begun at once by both, and no clock is right. */
const crossedMs = 10_000;
