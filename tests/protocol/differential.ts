/** Asks two suites the same, often with something wrong in it, and expects the same answer: bytes, null, false or a throw. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToNumberLE, numberToBytesLE } from '@noble/curves/utils.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { createRandom } from '../../src/adapters/memory/random.ts';
import type { Random } from '../../src/adapters/memory/random.ts';
import type { Suite } from '../../src/protocol/suite/suite.ts';
import { sizes } from '../../src/protocol/suite/suite.ts';

export type Primitive = keyof typeof questions;

export interface Differences {
  readonly asked: number;
  /** How often the answer was a good one: a run of nothing but refusals proves nothing. */
  readonly good: number;
  readonly differing: readonly string[];
}

/** `maker` signs and seals what is then asked about; the faster suite, best. */
export function compareSuites(
  left: Suite,
  right: Suite,
  maker: Suite,
  primitive: Primitive,
  seed: string,
  count: number,
): Differences {
  const world = createAskingWorld(`${seed} ${primitive}`, maker);
  const differing: string[] = [];
  let good = 0;
  for (let at = 0; at < count; at += 1) {
    const ask = questions[primitive](world);
    const [is, should] = [answerOf(ask, left), answerOf(ask, right)];
    if (is !== should && differing.length < 10) differing.push(`${primitive} ${at}: ${is} and ${should}`);
    if (!refusals.has(is)) good += 1;
  }
  return { asked: count, good, differing };
}

/** `good` or the kind of refusal, for what this suite itself made: comparable between suites whose bytes are not. */
export function outcomesOf(suite: Suite, primitive: Primitive, seed: string, count: number): readonly string[] {
  const world = createAskingWorld(`${seed} ${primitive}`, suite);
  return Array.from({ length: count }, () => {
    const answer = answerOf(questions[primitive](world), suite);
    return refusals.has(answer) ? answer : 'good';
  });
}

type Answer = Uint8Array | boolean | null;
type Ask = (suite: Suite) => Answer;

const refusals = new Set(['null', 'false', 'throws']);

function answerOf(ask: Ask, suite: Suite): string {
  try {
    const answer = ask(suite);
    return answer instanceof Uint8Array ? Buffer.from(answer).toString('hex') : String(answer);
  } catch {
    return 'throws';
  }
}

interface AskingWorld {
  readonly random: Random;
  readonly maker: Suite;
  bytes(most: number): Uint8Array;
  secret(length: number): Uint8Array;
  pick<Value>(values: readonly Value[]): Value;
  /** Now and then flipped, cut, lengthened, turned round or another of the same kind. */
  spoiled(bytes: Uint8Array): Uint8Array;
}

function createAskingWorld(seed: string, maker: Suite): AskingWorld {
  const random = createRandom(seed);
  const { below, chance } = random;
  return {
    random,
    maker,
    bytes: (most) => random.bytes(below(chance(0.02) ? most * 20 : most)),
    secret: (length) => random.bytes(chance(0.01) ? below(length * 2) : length),
    pick: (values) => values[below(values.length)]!,
    spoiled: (bytes) => {
      const kind = random.share();
      if (kind < 0.5) return bytes;
      if (kind < 0.8 && bytes.length > 0) {
        const flipped = bytes.slice();
        const at = below(bytes.length);
        flipped[at] = flipped[at]! ^ (1 << below(8));
        return flipped;
      }
      if (kind < 0.85) return bytes.subarray(0, below(bytes.length + 1));
      if (kind < 0.9) return Uint8Array.from([...bytes, below(256)]);
      if (kind < 0.95) return Uint8Array.from([...bytes.subarray(bytes.length / 2), ...bytes.subarray(0, bytes.length / 2)]);
      return random.bytes(bytes.length);
    },
  };
}

const fromHex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));
const oddKeys = [
  ...['00', '01', '02', 'ec', 'ed', 'ee', 'ef', 'ff'].flatMap((low) => [
    fromHex(`${low}${'00'.repeat(31)}`),
    fromHex(`${low}${'00'.repeat(30)}80`),
    fromHex(`${low}${'ff'.repeat(30)}7f`),
    fromHex(`${low}${'ff'.repeat(31)}`),
  ]),
  fromHex('e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800'),
  fromHex('5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157'),
];

const { Point } = ed25519;
const { Fn } = Point;
/** All eight points of small order. */
const torsion = [...Array(8).keys()].map((times) =>
  Point.fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05').multiplyUnsafe(BigInt(times)),
);

const questions = {
  hash: ({ bytes }: AskingWorld): Ask => {
    const given = bytes(400);
    return (suite) => suite.hash(given);
  },
  mac: ({ bytes }: AskingWorld): Ask => {
    const [key, given] = [bytes(300), bytes(400)];
    return (suite) => suite.mac(key, given);
  },
  kdf: ({ bytes, random }: AskingWorld): Ask => {
    const [salt, secret, info] = [bytes(200), bytes(200), bytes(150)];
    const length = random.below(random.chance(0.005) ? 17_000 : 300);
    return (suite) => suite.kdf(salt, secret, info, length);
  },
  dhPublic: ({ secret }: AskingWorld): Ask => {
    const ours = secret(sizes.dhKey);
    return (suite) => suite.dhPublic(ours);
  },
  dh: ({ secret, spoiled, pick, maker, random }: AskingWorld): Ask => {
    const ours = secret(sizes.dhKey);
    const theirs = spoiled(random.chance(0.2) ? pick(oddKeys) : maker.dhPublic(random.bytes(sizes.dhKey)));
    return (suite) => suite.dh(ours, theirs);
  },
  kemPublic: ({ secret }: AskingWorld): Ask => {
    const ours = secret(sizes.kemSecret);
    return (suite) => suite.kemPublic(ours);
  },
  encapsulate: ({ secret, spoiled, maker, random }: AskingWorld): Ask => {
    const theirs = spoiled(maker.kemPublic(random.bytes(sizes.kemSecret)));
    const luck = secret(sizes.kemLuck);
    return (suite) => {
      const made = suite.encapsulate(theirs, luck);
      return made && Uint8Array.from([...made.ciphertext, ...made.shared]);
    };
  },
  decapsulate: ({ spoiled, maker, random, secret }: AskingWorld): Ask => {
    const ours = random.bytes(sizes.kemSecret);
    const made = maker.encapsulate(maker.kemPublic(ours), random.bytes(sizes.kemLuck));
    const [asked, ciphertext] = [random.chance(0.9) ? ours : secret(sizes.kemSecret), spoiled(made!.ciphertext)];
    return (suite) => suite.decapsulate(asked, ciphertext);
  },
  signPublic: ({ secret }: AskingWorld): Ask => {
    const ours = secret(sizes.signSecret);
    return (suite) => suite.signPublic(ours);
  },
  sign: ({ secret, bytes }: AskingWorld): Ask => {
    const [ours, given] = [secret(sizes.signSecret), bytes(400)];
    return (suite) => suite.sign(ours, given);
  },
  verify: (world: AskingWorld): Ask => {
    const { key, bytes, signature } = world.random.chance(0.6) ? honest(world) : crooked(world);
    return (suite) => suite.verify(key, bytes, signature);
  },
  seal: ({ secret, bytes }: AskingWorld): Ask => {
    const [key, nonce, plain, bound] = [secret(sizes.sealKey), secret(sizes.nonce), bytes(400), bytes(100)];
    return (suite) => suite.seal(key, nonce, plain, bound);
  },
  open: ({ secret, bytes, spoiled, maker, random }: AskingWorld): Ask => {
    const [key, nonce, bound] = [random.bytes(sizes.sealKey), random.bytes(sizes.nonce), bytes(100)];
    const sealed = spoiled(maker.seal(key, nonce, bytes(400), bound));
    const isOther = random.chance(0.1);
    const [askedKey, askedBound] = [isOther ? secret(sizes.sealKey) : key, random.chance(0.1) ? spoiled(bound) : bound];
    return (suite) => suite.open(askedKey, nonce, sealed, askedBound);
  },
};

interface Signed {
  readonly key: Uint8Array;
  readonly bytes: Uint8Array;
  readonly signature: Uint8Array;
}

function honest({ maker, random, bytes: draw, spoiled }: AskingWorld): Signed {
  const secret = random.bytes(sizes.signSecret);
  const bytes = draw(200);
  const [key, signature] = [maker.signPublic(secret), maker.sign(secret, bytes)];
  const which = random.share();
  if (which < 0.4) return { key, bytes, signature };
  if (which < 0.6) return { key: spoiled(key), bytes, signature };
  if (which < 0.8) return { key, bytes: spoiled(bytes), signature };
  return { key, bytes, signature: spoiled(signature) };
}

/** Where verifiers differ: components of small order in A or R, odd spellings, and S that is not reduced. */
function crooked({ random, bytes: draw, pick }: AskingWorld): Signed {
  const bytes = draw(200);
  const scalar = (): bigint => Fn.create(bytesToNumberLE(random.bytes(32))) || 1n;
  const [a, r] = [scalar(), scalar()];
  const [twistA, twistR] = [pick(torsion), pick(torsion)];
  const isSmall = random.chance(0.2);
  const key = random.chance(0.1) ? pick(oddKeys) : (isSmall ? twistA : Point.BASE.multiplyUnsafe(a).add(twistA)).toBytes();
  const rBytes = random.chance(0.1) ? pick(oddKeys) : Point.BASE.multiplyUnsafe(r).add(twistR).toBytes();
  const k = Fn.create(bytesToNumberLE(sha512(Uint8Array.from([...rBytes, ...key, ...bytes]))));
  const s = Fn.create(r + k * (isSmall ? 0n : a)) + (random.chance(0.1) ? Fn.ORDER : 0n);
  return { key, bytes, signature: Uint8Array.from([...rBytes, ...numberToBytesLE(s, 32)]) };
}

export const primitives: readonly Primitive[] = Object.keys(questions) as Primitive[];
