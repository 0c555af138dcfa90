/** What is inside the sealing: entries, passing content, and what two devices tell each other (WIRE section 4), read a second time. */
import { insist, order, takerOf, unreadable } from './bytes.ts';
import type { Taker } from './bytes.ts';
import { H, label } from './primitives.ts';
import { readSyncPart } from './sync.ts';
import type { SecondPart } from './sync.ts';

type Body =
  | { readonly kind: 'text' | 'call-me'; readonly text: string }
  | { readonly kind: 'reply' | 'reaction' | 'edit'; readonly message: Uint8Array; readonly text: string }
  | { readonly kind: 'delete'; readonly message: Uint8Array }
  | { readonly kind: 'head'; readonly addOperation: Uint8Array; readonly headSeed: Uint8Array }
  | { readonly kind: 'invite'; readonly invite: Uint8Array; readonly secret: Uint8Array }
  | { readonly kind: 'unknown'; readonly number: number; readonly rest: Uint8Array };

export type SecondEntry = {
  readonly sentMs: number;
  readonly seq: number;
  readonly parents: readonly Uint8Array[];
  readonly body: Body;
};

export type DeviceClock = { readonly device: Uint8Array; readonly seq: number };

export type SecondContent =
  | { readonly kind: 'entry'; readonly entry: SecondEntry }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'receipt'; readonly state: 'stored' | 'read'; readonly messages: readonly Uint8Array[] }
  | { readonly kind: 'clocks'; readonly state: 'stored' | 'read'; readonly clocks: readonly DeviceClock[] }
  | { readonly kind: 'typing'; readonly untilSeconds: number }
  | {
      readonly kind: 'word';
      readonly about: 'tells' | 'asks' | 'leaves';
      readonly peer: Uint8Array;
      readonly bundle: Uint8Array | null;
      readonly heads: readonly Uint8Array[];
      readonly clocks: readonly DeviceClock[];
    }
  | { readonly kind: 'operations'; readonly operations: readonly Uint8Array[] }
  | { readonly kind: 'passing'; readonly number: number }
  | { readonly kind: 'kem-offer'; readonly epoch: number; readonly key: Uint8Array }
  | { readonly kind: 'kem-answer'; readonly epoch: number; readonly ciphertext: Uint8Array }
  | { readonly kind: 'seed-row'; readonly room: Uint8Array; readonly epochId: Uint8Array; readonly seed: Uint8Array }
  | {
      readonly kind: 'heads';
      readonly room: Uint8Array;
      readonly epochId: Uint8Array;
      readonly tags: Uint8Array;
      readonly castSecret: Uint8Array;
      readonly heads: readonly { readonly device: Uint8Array; readonly chain: Uint8Array; readonly n: number }[];
    }
  | {
      readonly kind: 'direct';
      readonly conversation: Uint8Array;
      readonly device: Uint8Array;
      readonly entry: SecondEntry;
      readonly bytes: Uint8Array;
    }
  | { readonly kind: 'sync'; readonly room: Uint8Array; readonly part: SecondPart }
  | { readonly kind: 'bundle'; readonly bundle: Uint8Array };

/** Milliseconds of `u40` count from 2020. */
export const msFrom2020: number = Date.UTC(2020, 0, 1);

export const takeSent = (taker: Taker): number => msFrom2020 + taker.u40();

const takeBody = (number: number, taker: Taker): Body => {
  switch (number) {
    case 1:
      return { kind: 'text', text: taker.restAsText(8_000) };
    case 2:
      return { kind: 'reply', message: taker.take(16), text: taker.restAsText(8_000) };
    case 3:
      return { kind: 'reaction', message: taker.take(16), text: taker.restAsText(32) };
    case 4:
      return { kind: 'edit', message: taker.take(16), text: taker.restAsText(8_000) };
    case 5:
      return { kind: 'delete', message: taker.take(16) };
    case 6:
      return { kind: 'head', addOperation: taker.take(32), headSeed: taker.take(32) };
    case 7:
      return { kind: 'invite', invite: taker.take(32), secret: taker.take(32) };
    case 8:
      return { kind: 'call-me', text: taker.restAsText(48) };
    default:
      return { kind: 'unknown', number, rest: taker.rest() };
  }
};

export const readEntry = (bytes: Uint8Array): SecondEntry => {
  insist(bytes.length <= 8_200, 'too-long');
  const taker = takerOf(bytes);
  const kind = taker.u8();
  insist(kind >= 1 && kind <= 63, 'unknown-kind');
  const sentMs = takeSent(taker);
  const seq = taker.varint();
  insist(seq >= 1 && seq < 1e15, 'bad-seq');
  const parents = taker.many(taker.u8(), 8, (one) => one.take(8));
  const body = takeBody(kind, taker);
  taker.end();
  return { sentMs, seq, parents, body };
};

export const messageIdOf = (room: Uint8Array, device: Uint8Array, entry: Uint8Array): Uint8Array =>
  H(label('message'), room, device, entry).slice(0, 16);

/** The conversation of two persons, which is named like a room. */
export const directRoomOf = (one: Uint8Array, other: Uint8Array): Uint8Array => {
  const [lower, higher] = order(one, other) <= 0 ? [one, other] : [other, one];
  return H(label('direct'), lower, higher).slice(0, 16);
};

const takeState = (taker: Taker): 'stored' | 'read' => {
  const state = taker.u8();
  insist(state === 1 || state === 2, 'bad-state');
  return state === 1 ? 'stored' : 'read';
};

const abouts = ['tells', 'asks', 'leaves'] as const;
const takeClock = (taker: Taker): DeviceClock => ({ device: taker.take(8), seq: taker.varint() });

const takeContent = (kind: number, taker: Taker): SecondContent => {
  switch (kind) {
    case 64:
      return { kind: 'nothing' };
    case 65:
      return { kind: 'receipt', state: takeState(taker), messages: taker.many(taker.varint(), 64, (one) => one.take(8)) };
    case 66:
      return {
        kind: 'clocks',
        state: takeState(taker),
        clocks: taker.many(taker.varint(), 500, takeClock),
      };
    case 67:
      return { kind: 'typing', untilSeconds: taker.u8() };
    case 68: {
      const [about, peer, isBundled] = [abouts[taker.u8()], taker.bytes(64), taker.u8()];
      // A PeerId has 1 to 64 bytes.
      if (!about || isBundled > 1 || peer.length === 0) throw unreadable('bad-number');
      const bundle = isBundled === 1 ? taker.take(1_484) : null;
      const heads = taker.many(taker.u8(), 16, (one) => one.take(32));
      return { kind: 'word', about, peer, bundle, heads, clocks: taker.many(taker.varint(), 500, takeClock) };
    }
    case 69:
      return { kind: 'operations', operations: taker.many(taker.varint(), 16, (one) => one.bytes(4_096)) };
    case 128:
      return { kind: 'kem-offer', epoch: taker.u8(), key: taker.take(1_184) };
    case 129:
      return { kind: 'kem-answer', epoch: taker.u8(), ciphertext: taker.take(1_088) };
    case 130:
      return { kind: 'seed-row', room: taker.take(16), epochId: taker.take(32), seed: taker.take(32) };
    case 131:
      return {
        kind: 'heads',
        room: taker.take(16),
        epochId: taker.take(32),
        tags: taker.take(32),
        castSecret: taker.take(32),
        heads: taker.many(taker.varint(), 500, (one) => ({ device: one.take(8), chain: one.take(32), n: one.u32() })),
      };
    case 132: {
      const [conversation, device, bytes] = [taker.take(16), taker.take(32), taker.rest()];
      return { kind: 'direct', conversation, device, entry: readEntry(bytes), bytes };
    }
    case 133:
      return { kind: 'sync', room: taker.take(16), part: readSyncPart(taker.rest()) };
    case 134:
      return { kind: 'bundle', bundle: taker.take(1_484) };
    default:
      if (kind < 64 || kind > 127) throw unreadable('unknown-kind');
      taker.rest();
      return { kind: 'passing', number: kind };
  }
};

export const readContent = (bytes: Uint8Array): SecondContent => {
  const taker = takerOf(bytes);
  const kind = taker.u8();
  if (kind >= 1 && kind <= 63) return { kind: 'entry', entry: readEntry(bytes) };
  const content = takeContent(kind, taker);
  taker.end();
  return content;
};
