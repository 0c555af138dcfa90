/** What two strangers put on the wire before both can speak: each envelope really made, and behind its hop header. */
import { sealKnock } from '../../../src/protocol/contact/knock.ts';
import { accept } from '../../../src/protocol/conversation/accept.ts';
import { begin } from '../../../src/protocol/conversation/begin.ts';
import type { RoomId } from '../../../src/protocol/ids.ts';
import { makeRequest } from '../../../src/protocol/rooms/request.ts';
import type { Suite } from '../../../src/protocol/suite/suite.ts';
import { hopBytes } from '../../../src/protocol/wire/hop.ts';
import { endOf } from './ends.ts';
import { beginningOf, doorwayOf, good, luckOf, startMs, strangerOf, wordsOf } from './people.ts';

export interface ContactBytes {
  /** Its body alone: how it travels is the carrier's. */
  readonly bundle: number;
  readonly initial: number;
  readonly knock: number;
  readonly offer: number;
  readonly answer: number;
}

export function contactBytes(suite: Suite): ContactBytes {
  const luck = luckOf('contact bytes');
  const [asha, bo] = [strangerOf(suite, luck), strangerOf(suite, luck)];
  const begun = good(begin(suite, beginningOf(asha, bo, wordsOf('Hodi')), luck, startMs));
  const accepted = good(accept(suite, doorwayOf(bo), begun.envelope, luck, startMs));
  const [a, b] = [endOf(suite, begun.state, luck), endOf(suite, accepted.state, luck)];
  const offer = b.word(startMs)!;
  a.open(offer, startMs);
  const answer = a.word(startMs)!;
  const room = 'ab'.repeat(16) as RoomId;
  const { bytes: request } = makeRequest(suite, { room, invite: null }, bo.us.device, bo.us.certificate, 'Bo', null);
  const knock = sealKnock(suite, luck(32), bo.prekey.bundle, request, luck);
  return {
    bundle: bo.prekey.bundle.bytes.length,
    initial: begun.envelope.length + hopBytes,
    knock: knock.length + hopBytes,
    offer: offer.length + hopBytes,
    answer: answer.length + hopBytes,
  };
}
