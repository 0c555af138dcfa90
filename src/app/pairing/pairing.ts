/**
 * Two people connect by two codes: one of us offers, the other answers, by hand. One pairing at a time. Both may have begun: who
 * offers and is shown an offer answers it too, and whichever link comes first is the one.
 */
import type { Core } from '../core.ts';
import type { PairingFailure, PairingRefused, PairingView } from '../view.ts';
import type { Network, Opened } from '../../ports/network.ts';
import { hexToBytes } from '../../protocol/bytes.ts';
import { encodePairingCode, pairingPsk } from '../../protocol/contact/pairing-code.ts';
import type { PairingCode } from '../../protocol/contact/pairing-code.ts';
import type { DeviceId, PeerId, PersonId } from '../../protocol/ids.ts';
import { limits } from '../../protocol/limits.ts';
import { deriveRoomKeys } from '../../protocol/room-keys.ts';
import type { Suite } from '../../protocol/suite/suite.ts';
import { noteOver } from './begun.ts';
import { greet, readGreeting } from './greeting.ts';
import { readCode } from './read-code.ts';
import { createTurn } from './turn.ts';
import type { Answered, Line, Offered, Turn } from './turn.ts';

export interface Pairing {
  begin(): Promise<void>;
  take(text: string): Promise<PairingRefused | null>;
  cancel(): void;
  /** An envelope that came from this peer. Not null: it was the greeting of the pairing under way, and this device's. */
  greeted(envelope: Uint8Array, peer: PeerId): DeviceId | null;
  close(): void;
}

export interface PairingHands {
  /** Whose codes these are; null: nobody lives here, or their keys cannot be had. */
  person(): Promise<PersonId | null>;
}

export function createPairing(core: Core, network: Promise<Network>, suite: Suite, hands: PairingHands): Pairing {
  const { clock, store } = core;
  let turn: Turn | null = null;
  /** Grows whenever one ends: who was busy with something before it looks. */
  let ended = 0;

  const show = (pairing: PairingView | null): void => store.change({ pairing });

  const end = (outcome: PairingView | null): void => {
    const was = turn;
    turn = null;
    ended += 1;
    was?.end();
    if (was !== null) noteOver(core);
    show(outcome);
  };
  const fail = (why: PairingFailure): void => {
    core.log('pairing-failed', { why });
    end({ stage: 'failed', why });
  };

  const begun = (): Turn => {
    turn ??= createTurn(core, fail);
    return turn;
  };

  const showWhatStands = (now: Turn): void => {
    const half = now.theirs ?? now.mine;
    if (half === null || half.code === null) return show({ stage: 'preparing' });
    if (now.mine?.line !== undefined || now.theirs?.line?.link !== undefined) return show({ stage: 'connecting' });
    show({ stage: now.theirs === null ? 'offering' : 'answering', code: encodePairingCode(half.code) });
  };

  /** One of the ways is closed; another may still lead to them. */
  const drop = (now: Turn, half: 'mine' | 'theirs', why: PairingFailure): void => {
    if (turn !== now || now[half] === null) return;
    now[half].stop();
    now[half] = null;
    if (now.mine === null && now.theirs === null) return fail(why);
    showWhatStands(now);
  };

  const codeOf = async (half: PairingCode['half'], signal: Uint8Array): Promise<PairingCode | null> => {
    const person = await hands.person();
    if (person === null || signal.length > limits.signalBytes) return null;
    return { half, person: hexToBytes(person).subarray(0, halfBytes), pskHalf: core.entropy.bytes(halfBytes), signal };
  };

  const lineOf = (offer: PairingCode, answer: PairingCode): Line => ({
    keys: deriveRoomKeys(pairingPsk(suite, offer, answer)),
  });

  const arrived = (now: Turn, half: 'mine' | 'theirs', line: Line, opened: Opened, self: PeerId): void => {
    const me = core.me();
    if (turn !== now || now[half]?.line !== line) return;
    if (opened.state === 'refused' || me === null) return drop(now, half, 'unreachable');
    line.link = opened.link;
    now[half].stop();
    now[half].stop = clock.after(connectMs, () => drop(now, half, 'unreachable'));
    showWhatStands(now);
    opened.link.send(greet(line.keys, me, self, core.entropy.bytes));
    settle(now, line);
  };

  const settle = (now: Turn, { link, greeting }: Line): void => {
    if (turn === now && link !== undefined && greeting !== undefined) end({ stage: 'connected', ...greeting });
  };

  const answerTo = async (code: PairingCode): Promise<PairingRefused | null> => {
    const now = begun();
    // Scanned once more.
    if (now.theirs !== null && isSame(now.theirs.to.pskHalf, code.pskHalf)) return null;
    if (now.mine?.line !== undefined) return 'busy';
    now.theirs?.stop();
    const ending = new AbortController();
    const half: Answered = { code: null, to: code, stop: () => ending.abort() };
    now.signal.addEventListener('abort', half.stop, { once: true });
    now.theirs = half;
    showWhatStands(now);
    const port = await network.catch(() => null);
    const answer = await port?.answer(code.signal, ending.signal);
    const isOver = (): boolean => turn !== now || now.theirs !== half;
    if (isOver()) return null;
    if (port === null || answer === undefined || answer.state === 'refused') {
      // Another version of the adapter, or a code that somebody changed.
      const isTheirs = answer?.state === 'refused' && answer.why === 'bad-signal';
      if (!isTheirs) drop(now, 'theirs', 'not-ready');
      else if (now.mine === null) end(null);
      else drop(now, 'theirs', 'unreachable');
      return isTheirs ? 'unreadable' : null;
    }
    half.code = await codeOf('answer', answer.bytes);
    if (isOver()) return null;
    if (half.code === null) {
      drop(now, 'theirs', 'not-ready');
      return null;
    }
    const line = lineOf(code, half.code);
    half.line = line;
    now.renew();
    showWhatStands(now);
    void answer.opened.then((opened) => arrived(now, 'theirs', line, opened, port.self));
    return null;
  };

  const acceptFrom = async (answer: PairingCode): Promise<PairingRefused | null> => {
    const now = turn;
    const half = now?.mine ?? null;
    if (now === null || half === null || half.code === null || half.offer === undefined) return 'other-pairing';
    const line = lineOf(half.code, answer);
    // Scanned once more, or another while we still try the first.
    if (half.line !== undefined) return half.line.keys.id === line.keys.id ? null : 'busy';
    half.line = line;
    half.stop = clock.after(connectMs, () => drop(now, 'mine', 'unreachable'));
    showWhatStands(now);
    const { self } = await network;
    const opened = await half.offer.accept(answer.signal);
    if (turn !== now || now.mine !== half) return null;
    if (opened.state === 'refused' && opened.why === 'bad-signal') {
      half.stop();
      delete half.line;
      showWhatStands(now);
      return 'other-pairing';
    }
    arrived(now, 'mine', line, opened, self);
    return null;
  };

  return {
    begin: async () => {
      if (turn !== null && turn.theirs === null && turn.mine?.line === undefined) return;
      if (turn !== null) end(null);
      const now = begun();
      const half: Offered = { code: null, stop: () => undefined };
      now.mine = half;
      showWhatStands(now);
      const offer = await network.then(({ offer: make }) => make(now.signal)).catch(() => null);
      const code = offer && (await codeOf('offer', offer.bytes));
      if (turn !== now || now.mine !== half) return;
      if (offer === null || code === null) return drop(now, 'mine', 'not-ready');
      half.offer = offer;
      half.code = code;
      now.renew();
      showWhatStands(now);
    },
    take: async (text) => {
      const read = readCode(text);
      if ('refused' in read) return read.refused;
      const { code } = read;
      const before = ended;
      const person = await hands.person();
      if (ended !== before) return null;
      if (person !== null && isSame(code.person, hexToBytes(person).subarray(0, halfBytes))) return 'own';
      return code.half === 'offer' ? answerTo(code) : acceptFrom(code);
    },
    cancel: () => end(null),
    greeted: (envelope, peer) => {
      const me = core.me();
      for (const line of [turn?.mine?.line, turn?.theirs?.line]) {
        const greeting = line && me && readGreeting(line.keys, envelope, peer, me.key.id);
        if (turn === null || line === undefined || !greeting) continue;
        line.greeting = greeting;
        settle(turn, line);
        return greeting.device;
      }
      return null;
    },
    close: () => {
      // Without a word to the disk: the next start shall say that it ended.
      turn?.end();
      turn = null;
    },
  };
}

const isSame = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, at) => byte === other[at]);

const halfBytes = 16;
/** Once both codes are there. */
const connectMs = 15_000;
