/** A whole conversation of two, read a second time by who holds one side's secrets (WIRE sections 3.1 to 3.3). */
import { big, hexOf, insist, join, takerOf, unreadable } from './bytes.ts';
import { readContent } from './content.ts';
import type { SecondContent } from './content.ts';
import { readEnvelope, tagOf, withoutPadding } from './envelope.ts';
import type { SecondInitial } from './initial.ts';
import { DH, KDF, MAC, label, none, openKem, openSeal, publicOf } from './primitives.ts';
import { sealOf, seedAfter } from './room.ts';

/** 0 from who sent the initial, 1 back. */
export type Direction = 0 | 1;

/** What one side ever held: secrets of its ratchet keys, and of the ML-KEM keys it offered or the secrets it answered with. */
export type SideSecrets = {
  readonly ratchet: readonly Uint8Array[];
  readonly kemSeeds: readonly Uint8Array[];
  /** What it answered with, by the ciphertext as hex. */
  readonly kemAnswers: ReadonlyMap<string, Uint8Array>;
};

export type SecondOpened = {
  readonly direction: Direction;
  readonly n: number;
  readonly ratchetKey: Uint8Array;
  readonly epoch: number;
  readonly index: number;
  readonly a: Uint8Array;
  readonly bytes: Uint8Array;
  readonly content: SecondContent;
  /** Counts root's steps: the chain of the initial is 0. */
  readonly step: number;
};

type Chain = {
  readonly key: string;
  readonly epoch: number;
  readonly chain: Uint8Array;
  readonly step: number;
  start: number;
  reached: number;
};
type Row = { readonly direction: Direction; readonly n: number; readonly a: Uint8Array; readonly mask: Uint8Array };

const blockLength = 64;
// [S5] the current block and the four after it.
const blocksAhead = 4;

export type Replay = { readonly open: (envelope: Uint8Array) => SecondOpened };

/** Takes each envelope of the session in an order in which it could have been received or sent. */
export const replay = (initial: Pick<SecondInitial, 'root0' | 'sessionId' | 'chain0' | 'e'>, secrets: SideSecrets): Replay => {
  const { sessionId, root0 } = initial;
  const mine = new Map(secrets.ratchet.map((secret) => [hexOf(publicOf('x25519', secret)), secret]));
  const seeds = new Map(secrets.kemSeeds.map((seed) => [hexOf(publicOf('ml-kem-768', seed)), seed]));
  const offers = new Map<number, string>();
  const epochSecrets = new Map<number, Uint8Array>();
  const chains: Record<Direction, Chain[]> = {
    0: [{ key: hexOf(initial.e), epoch: 0, chain: initial.chain0, step: 0, start: 0, reached: 0 }],
    1: [],
  };
  const rows = new Map<string, Row>();
  const used = new Set<string>();
  const blocks = ([0, 1] as const).map((direction) => ({
    direction,
    next: 0,
    block: KDF(sessionId, root0, join(label('tags'), big(direction, 8)), 32),
  }));
  let [root, epoch] = [root0, 0];

  const reach = (direction: Direction, lastBlock: number): void => {
    const state = blocks[direction];
    while (state && state.next <= lastBlock) {
      for (let at = 0; at < blockLength; at += 1) {
        const row = takerOf(MAC(state.block, label('tag'), big(at, 8)));
        const a = row.take(16);
        rows.set(hexOf(tagOf(a)), { direction, n: state.next * blockLength + at, a, mask: row.take(35) });
      }
      state.block = MAC(state.block, label('next block')).slice(0, 32);
      state.next += 1;
    }
  };

  // Each step answers the other side's last one, the responder's first: so steps alternate.
  const stepTo = (direction: Direction, key: Uint8Array, saidEpoch: number): { chain: Chain; root: Uint8Array } => {
    const theirs = chains[direction === 0 ? 1 : 0].at(-1);
    const before = chains[direction].at(-1);
    if (!theirs || (before && before.step > theirs.step)) throw unreadable('bad-seal');
    const isNewEpoch = saidEpoch !== epoch;
    if (isNewEpoch && !(direction === 1 && saidEpoch === (epoch + 1) % 256 && epochSecrets.has(saidEpoch)))
      throw unreadable('bad-epoch');
    const other = new Uint8Array(Buffer.from(theirs.key, 'hex'));
    const [ownNew, ownOld] = [mine.get(hexOf(key)), mine.get(theirs.key)];
    const shared = ownNew ? DH(ownNew, other) : ownOld ? DH(ownOld, key) : null;
    if (!shared) throw unreadable('no-secret');
    const mixed = isNewEpoch ? (epochSecrets.get(saidEpoch) ?? none) : none;
    const both = KDF(root, join(shared, mixed), join(label('ratchet'), big(saidEpoch, 8)), 64);
    const chain: Chain = {
      key: hexOf(key),
      epoch: saidEpoch,
      chain: both.slice(32),
      step: theirs.step + 1,
      start: -1,
      reached: before?.reached ?? 0,
    };
    return { chain, root: both.slice(0, 32) };
  };

  /** An answer gives a secret to who offered, and to who answered. */
  const learn = (answered: number, ciphertext: Uint8Array): void => {
    const seed = seeds.get(offers.get(answered) ?? '');
    const secret = seed ? openKem(seed, ciphertext) : secrets.kemAnswers.get(hexOf(ciphertext));
    if (secret) epochSecrets.set(answered, secret);
  };

  const open = (envelope: Uint8Array): SecondOpened => {
    const { rest } = readEnvelope(envelope);
    for (const direction of [0, 1] as const)
      reach(direction, (chains[direction].at(-1)?.reached ?? 0) / blockLength + blocksAhead);
    const row = rows.get(hexOf(rest.take(16)));
    if (!row) throw unreadable('unknown-tag');
    const { direction, n, a, mask } = row;
    if (used.has(`${direction} ${n}`)) throw unreadable('repeated');

    // The masked header says itself how long it is: the last byte of its varint is below 0x80.
    const header: number[] = [];
    while (header.length < 34 || (header.length === 34 && (header[33] ?? 0) >= 0x80)) {
      header.push(rest.u8() ^ (mask[header.length] ?? 0));
    }
    const taker = takerOf(new Uint8Array(header));
    const [ratchetKey, saidEpoch, index] = [taker.take(32), taker.u8(), taker.varint(16_383)];
    taker.end();

    const start = n - index;
    const known = chains[direction].find(({ key }) => key === hexOf(ratchetKey));
    const stepped = known ? null : stepTo(direction, ratchetKey, saidEpoch);
    const chain = known ?? stepped?.chain;
    if (!chain) throw unreadable('bad-seal');
    if (known) insist(known.epoch === saidEpoch, 'bad-epoch');
    // [S6]
    const isFirst = stepped !== null && chains[direction].length === 0;
    insist(known ? start === known.start : isFirst ? start === 0 : start >= chain.reached, 'bad-seal');
    const bound = join(sessionId, rest.before());
    const { key, nonce } = sealOf(seedAfter(chain.chain, index));
    const bytes = withoutPadding(openSeal(key, nonce, rest.rest(), bound));
    const content = readContent(bytes);

    // From here on it was good: what it changes stands.
    if (stepped) {
      chain.start = start;
      chains[direction].push(chain);
      root = stepped.root;
      epoch = saidEpoch;
    }
    chain.reached = Math.max(chain.reached, n + 1);
    used.add(`${direction} ${n}`);
    if (content.kind === 'kem-offer') offers.set(content.epoch, hexOf(content.key));
    if (content.kind === 'kem-answer') learn(content.epoch, content.ciphertext);
    return { direction, n, ratchetKey, epoch: saidEpoch, index, a, bytes, content, step: chain.step };
  };
  return { open };
};
