/** Every reader of a conversation's bytes, with what it takes, to be spoiled: a few thousand times here, a million in test:deep. */
import { concat, isEqual } from '../../../src/protocol/bytes.ts';
import { accept } from '../../../src/protocol/conversation/accept.ts';
import { begin } from '../../../src/protocol/conversation/begin.ts';
import { decodeControl, encodeControl } from '../../../src/protocol/conversation/control.ts';
import { decodeHeader, encodeHeader } from '../../../src/protocol/conversation/header.ts';
import { decodeInitial, initialFor } from '../../../src/protocol/conversation/initial.ts';
import { open } from '../../../src/protocol/conversation/open.ts';
import {
  decodePair,
  emptyPair,
  encodePair,
  restorePair,
  withAccepted,
  withBegun,
} from '../../../src/protocol/conversation/pair.ts';
import { ownWord, renewLease, restoreSession } from '../../../src/protocol/conversation/session.ts';
import { decodeSession, encodeSession } from '../../../src/protocol/conversation/session-state.ts';
import { seal } from '../../../src/protocol/conversation/seal.ts';
import { decodeWho, encodeWho } from '../../../src/protocol/conversation/who.ts';
import { isRefusal } from '../../../src/protocol/refusal.ts';
import type { Suite } from '../../../src/protocol/suite/suite.ts';
import { createUnsafeCountedSuite } from '../../simulation/unsafe-counted-suite.ts';
import type { FuzzedDecoder } from '../fuzz.ts';
import { doorwayOf, good, hourMs, luckOf, personOf, startMs, text, twoOf } from './two.ts';

export function conversationDecoders(suite: Suite = createUnsafeCountedSuite()): readonly FuzzedDecoder[] {
  const luck = luckOf('fuzz');
  const two = twoOf(suite, 'fuzz');
  const { a, b, bo, asha, begun, accepted } = two;
  const fresh = good(
    begin(suite, { us: asha.us, bundle: bo.prekey.bundle, content: text('x'), invite: null, replaces: null }, luck, startMs),
  );
  const reset = good(
    begin(
      suite,
      { us: asha.us, bundle: bo.prekey.bundle, content: text('x'), invite: null, replaces: begun.state.initialId },
      luck,
      startMs,
    ),
  );
  const offer = b.words(startMs)[0]!;
  const sent = [a.seal(text('one')), a.seal(text('two')), a.seal(text('three'))];
  good(b.open(sent[2]!.envelope, startMs));
  const skipping = b.state;
  good(a.open(offer, startMs));
  const answered = a.state;
  const own = a.words(startMs)[0]!;
  const envelopes = [own, sent[0]!.envelope, sent[1]!.envelope];
  const stranger = personOf(suite, luck);
  const pair = good(withAccepted(good(withBegun(emptyPair, fresh, startMs)).pair, accepted, startMs)).pair;
  const noMask = new Uint8Array(35);
  const who = { ...begun.who, signature: null };

  return [
    {
      name: 'initial',
      samples: [fresh.envelope, reset.envelope],
      again: (bytes) => {
        const met = accept(suite, doorwayOf(bo), bytes, luckOf('x'), startMs);
        initialFor(suite, stranger.prekey.bundle, bytes);
        decodeInitial(bytes);
        if (isRefusal(met)) return met;
        return met.who.replaces === null ? fresh.envelope : reset.envelope;
      },
    },
    {
      name: 'envelope',
      samples: envelopes,
      again: (bytes) => {
        // Numbers whether the tag is theirs or not: what stands behind the tag is to be tried.
        const found = b.find(bytes) ?? b.find(own)!;
        const did = open(suite, skipping, found, bytes, luckOf('x'), startMs + hourMs);
        return isRefusal(did) ? did : envelopes[did.n < 2 ? did.n + 1 : 0]!;
      },
    },
    {
      name: 'header',
      samples: [0, 127, 128, 16_383].map((index) => encodeHeader({ key: a.state.own.key, epoch: 3, index }, noMask)),
      again: (bytes) => {
        const header = decodeHeader(bytes, noMask);
        if (isRefusal(header)) return header;
        const spelled = encodeHeader(header, noMask);
        return concat([spelled, bytes.slice(spelled.length)]);
      },
    },
    {
      name: 'header of one who has the keys',
      samples: [0, 3, 200].map((index) => encodeHeader({ key: b.state.receiving.chain!.theirs, epoch: 0, index }, noMask)),
      again: (bytes) => {
        const envelope = own.slice();
        const found = b.find(own)!;
        envelope.set(
          bytes.subarray(0, 35).map((byte, at) => byte ^ found.mask[at]!),
          17,
        );
        const did = open(suite, skipping, found, envelope, luckOf('x'), startMs + hourMs);
        if (isRefusal(did)) return did;
        // Only as it was sealed.
        return isEqual(envelope, own) ? bytes : own;
      },
    },
    {
      name: 'control',
      samples: [
        encodeControl({ kind: 'nothing' }),
        encodeControl({ kind: 'offer', epoch: 1, key: suite.kemPublic(new Uint8Array(64)) }),
        encodeControl({ kind: 'answer', epoch: 200, ciphertext: new Uint8Array(1_088) }),
      ],
      again: (bytes) => {
        const control = decodeControl(bytes);
        return isRefusal(control) ? control : encodeControl(control);
      },
    },
    {
      name: 'content of one who has the keys',
      samples: [
        Uint8Array.of(64),
        text('hello'),
        encodeControl({ kind: 'offer', epoch: 1, key: suite.kemPublic(luck(64)) }),
        encodeControl({
          kind: 'answer',
          epoch: 1,
          ciphertext: suite.encapsulate(suite.kemPublic(luck(64)), luck(32))!.ciphertext,
        }),
      ],
      again: (bytes) => {
        if (bytes.length === 0) return { refused: 'truncated' };
        // Both ways round: the responder hears answers, the initiator offers.
        for (const [from, to] of [[answered, b] as const, [skipping, a] as const]) {
          const { envelope } = good(seal(suite, renewLease(from), bytes));
          const found = to.find(envelope)!;
          const did = open(suite, to === b ? skipping : answered, found, envelope, luckOf('x'), startMs + hourMs);
          if (isRefusal(did)) continue;
          ownWord(suite, did.state, luckOf('x'), startMs + 3 * hourMs);
        }
        return bytes;
      },
    },
    {
      name: 'who',
      samples: [encodeWho(who), encodeWho({ ...who, replaces: begun.state.initialId, signature: new Uint8Array(64).fill(1) })],
      again: (bytes) => {
        const read = decodeWho(suite, bytes);
        return isRefusal(read) ? read : encodeWho(read);
      },
    },
    {
      name: 'session',
      samples: [begun.state, accepted.state, skipping, answered].map(encodeSession),
      again: (bytes) => {
        const state = decodeSession(bytes);
        if (isRefusal(state)) return state;
        const restored = good(restoreSession(suite, bytes));
        // It may be no state there ever was, and must still do no harm.
        const sealed = seal(suite, renewLease(restored), text('x'));
        ownWord(suite, restored, luckOf('x'), startMs, true);
        for (const envelope of envelopes) open(suite, restored, b.find(envelope)!, envelope, luckOf('x'), startMs);
        return isRefusal(sealed) || sealed.envelope.length > 0 ? encodeSession(state) : bytes;
      },
    },
    {
      name: 'pair',
      samples: [encodePair(emptyPair), encodePair(pair)],
      again: (bytes) => {
        const read = decodePair(bytes);
        if (isRefusal(read)) return read;
        restorePair(suite, bytes);
        return encodePair(read);
      },
    },
  ];
}
