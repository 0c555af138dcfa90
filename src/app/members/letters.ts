/**
 * What is under way to single devices, each sealed for one: kept on the disk and handed to every path that ends there until the device
 * acknowledges it; or said in passing, once, to one path, and on no disk (M10).
 */
import type { Core } from '../core.ts';
import { bytesToHex } from '../../protocol/bytes.ts';
import { encodeFrame } from '../../protocol/frame.ts';
import type { DeviceId } from '../../protocol/ids.ts';
import { encodeHop } from '../../protocol/wire/hop.ts';
import type { Stop } from '../../ports/clock.ts';
import { pathOf, sendBy, sendTo, waysTo } from '../mesh/peers.ts';
import type { Peer, Peers } from '../mesh/peers.ts';
import { keyOf, under } from '../records.ts';
import { afterArrival, firstWaitMs, initialNumber, readLetter, tagOf, writeLetter } from './letter.ts';
import type { Letter, LetterEntry } from './letter.ts';
import type { Turn, Vault } from './vault.ts';

export interface Letters {
  load(): Promise<void>;
  /** From the turn on, until it is acknowledged or dropped. */
  add(turn: Turn, letter: Letter): void;
  drop(turn: Turn, letters: readonly Letter[]): void;
  all(): Iterable<Letter>;
  of(device: DeviceId): readonly Letter[];
  hand(peer: Peer, envelope: Uint8Array): ReturnType<typeof sendTo>;
  /** Hands to this path what waits for the device at its end, or for the one that may be there: others cannot read it. */
  flush(peer: Peer, device?: DeviceId): void;
  /** An acknowledgement: something arrived. */
  arrived(a: Uint8Array, peer: Peer): void;
  close(): void;
}

export interface LettersHands {
  onArrived(turn: Turn, device: DeviceId, entry: LetterEntry): void;
  /** It is known now, and was not before, which device is at the end of this path. */
  onBound(peer: Peer): void;
}

export function createLetters(core: Core, vault: Vault, peers: Peers, { onArrived, onBound }: LettersHands): Letters {
  /** By tag. */
  const waiting = new Map<string, Letter>();
  let retry: Stop | null = null;
  let arrived: { readonly tag: string; readonly peer: Peer }[] = [];

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
      for (const peer of peers.all()) letters.flush(peer);
    });
  };

  /** In the lane: all that was acknowledged meanwhile is one commit. */
  const settle = async (): Promise<void> => {
    const all = arrived;
    arrived = [];
    await vault.turn((turn) => {
      for (const { tag, peer } of all) {
        const letter = waiting.get(tag);
        if (letter === undefined) continue;
        letters.drop(turn, [letter]);
        turn.setPair(letter.device, afterArrival(turn.pair(letter.device), letter));
        // Revealed after it was committed there.
        if (letter.entry !== null) onArrived(turn, letter.device, letter.entry);
        turn.after(() => {
          // Nobody else could have told that number.
          if (peer.device !== null) return;
          peer.device = letter.device;
          onBound(peer);
        });
      }
    });
  };

  const letters: Letters = {
    load: async () => {
      const kept: [string, Letter][] = [];
      for (const { key, value } of await core.storage.range(under('post'))) {
        const [, device, tag] = key.split('/');
        const letter = readLetter(device as DeviceId, value);
        if (letter !== null && tag !== undefined) kept.push([tag, letter]);
      }
      // In the order they were sealed: what comes later builds on what came before.
      for (const [tag, letter] of kept.sort(([, one], [, other]) => placeOf(one) - placeOf(other))) waiting.set(tag, letter);
    },
    add: (turn, letter) => {
      const tag = tagOf(letter.envelope);
      if (letter.isKept) turn.write({ op: 'put', key: keyOf.post(letter.device, tag), value: writeLetter(letter) });
      turn.after(() => {
        waiting.set(tag, letter);
        if (!letter.isKept) return;
        for (const peer of peers.all()) if (peer.device === letter.device) letters.flush(peer);
      });
    },
    drop: (turn, some) => {
      for (const { device, envelope, isKept } of some) {
        const tag = tagOf(envelope);
        if (isKept) turn.write({ op: 'delete', key: keyOf.post(device, tag) });
        turn.after(() => void waiting.delete(tag));
      }
    },
    all: () => waiting.values(),
    of: (device) => [...waiting.values()].filter((letter) => letter.device === device),
    hand: (peer, envelope) => sendTo(peer, frameOf(envelope)),
    flush: (peer, device = peer.device ?? undefined) => {
      if (device === undefined || pathOf(peer) === null) return;
      let isWaiting = false;
      for (const letter of waiting.values()) {
        if (letter.device !== device || !letter.isKept) continue;
        isWaiting = true;
        if (letter.had.get(peer.id) === peer.era) continue;
        const result = sendBy(peer, waysTo(peer, letter.tries > 0), frameOf(letter.envelope));
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
  return letters;
}

const frameOf = (envelope: Uint8Array): Uint8Array =>
  encodeFrame({ kind: 'hop', bytes: encodeHop({ kind: 'envelope', ttl: 0, copies: 1, to: toLinkEnd }, envelope) });

const placeOf = ({ n }: Letter): number => (n === initialNumber ? -1 : n);

/** Whoever is at the other end of the link. */
export const toLinkEnd: Uint8Array = new Uint8Array(8);
const tickMs = 1_000;
const longestWaitMs = 60_000;
