/** What texts of a hundred bytes come to on the wire in a talk between two, with the parents that they really have. */
import { encodeEntry, messageIdOf } from '../../../src/protocol/entries/entry.ts';
import { outlineOf } from '../../../src/protocol/entries/outline.ts';
import { chooseParents } from '../../../src/protocol/entries/parents.ts';
import { createTimeline } from '../../../src/protocol/entries/timeline.ts';
import type { DeviceId, OperationId, PersonId, RoomId } from '../../../src/protocol/ids.ts';
import { commitmentOf } from '../../../src/protocol/rooms/epoch.ts';
import { headsOf, operationsOf } from '../../../src/protocol/rooms/graph.ts';
import { makeRequest } from '../../../src/protocol/rooms/request.ts';
import { found, rekey, takeRow } from '../../../src/protocol/rooms/room-acts.ts';
import { act, emptyRoom, receive, seal } from '../../../src/protocol/rooms/room.ts';
import type { Hands, Room } from '../../../src/protocol/rooms/room.ts';
import type { Suite } from '../../../src/protocol/suite/suite.ts';
import { encodeHop } from '../../../src/protocol/wire/hop.ts';
import { settledEnds } from './ends.ts';
import { good, luckOf, startMs, strangerOf } from './people.ts';

/** UTF-8: 100 bytes in 87 letters. */
export const hundredBytes = 'Bugün öğleden sonra köprünün altında buluşalım mı? Şemsiyeni unutma, yağmur da yağacak!';

/** In turn: each has seen the last. At once: two write, neither has seen the other's, and so on. */
export type Manner = 'in turn' | 'at once';

/** Bytes of each with its hop header, in order. */
export interface Talk {
  readonly direct: readonly number[];
  readonly room: readonly number[];
}

export function talkBytes(suite: Suite, manner: Manner, count: number): Talk {
  const { a, b } = settledEnds(suite);
  const direct = talk(suite, manner, count, [], (entry, by) => {
    const [from, to] = by === 0 ? [a, b] : [b, a];
    const envelope = from.seal(entry);
    to.open(envelope, startMs);
    from.acknowledged();
    return envelope;
  });
  const members = membersOf(suite);
  const operations = headsOf(members[0].room.graph);
  const room = talk(suite, manner, count, operations, (entry, by) => {
    const member = members[by];
    const said = good(seal(member.room, member.hands, entry));
    member.room = said.room;
    return said.envelope;
  });
  return { direct, room };
}

type By = 0 | 1;

function talk(
  suite: Suite,
  manner: Manner,
  count: number,
  operations: readonly OperationId[],
  seal: (entry: Uint8Array, by: By) => Uint8Array,
): readonly number[] {
  const room = 'ab'.repeat(16) as RoomId;
  const devices = ['a1', 'b2'].map((name) => name.repeat(32) as DeviceId);
  const timeline = createTimeline({
    personOf: (device) => device as string as PersonId,
    endsAt: () => null,
    isAdmin: () => false,
  });
  const [lengths, seqs, unheard]: [number[], [number, number], (() => void)[]] = [[], [0, 0], []];
  for (let at = 0; at < count; at += 1) {
    const by: By = at % 2 === 0 ? 0 : 1;
    if (manner === 'in turn' || by === 0) for (const hear of unheard.splice(0)) hear();
    const device = devices[by]!;
    seqs[by] += 1;
    const parents = chooseParents(timeline.heads(), device, seqs[by] === 1 ? operations : []);
    const entry = {
      sentAtMs: startMs + at * 60_000,
      seq: seqs[by],
      parents,
      body: { kind: 'text', text: hundredBytes },
    } as const;
    const bytes = encodeEntry(entry);
    unheard.push(() => void timeline.add(outlineOf(messageIdOf(suite, room, device, bytes), device, entry), entry.sentAtMs));
    lengths.push(encodeHop({ kind: 'envelope', ttl: 1, copies: 1, to: new Uint8Array(8) }, seal(bytes, by)).length);
  }
  return lengths;
}

interface Member {
  room: Room;
  readonly hands: Hands;
}

/** One founds, lets the other in and rekeys: so both have chains. */
function membersOf(suite: Suite): readonly [Member, Member] {
  const [asha, bo] = [strangerOf(suite, luckOf('asha')), strangerOf(suite, luckOf('bo'))];
  const [first, second] = [asha, bo].map(({ us }): Hands => ({
    suite,
    me: us.device,
    luck: luckOf(us.device.id),
    nowMs: startMs,
  }));
  const policy = { mayRemove: 'admins', historyDays: 0, disappearSeconds: 0 } as const;
  const { room: empty } = found(first!, { certificate: asha.us.certificate, called: 'Asha', name: 'Two', policy });
  const { bytes: request } = makeRequest(suite, { room: empty.id, invite: null }, bo.us.device, bo.us.certificate, 'Bo', null);
  const added = good(act(empty, first!, { kind: 'add', invite: null, request, commitment: commitmentOf(suite, request) }));
  const done = good(rekey(added.room, first!));
  let heard = emptyRoom(empty.id);
  for (const { bytes } of operationsOf(done.room.graph)) heard = good(receive(heard, second!, bytes)).room;
  heard = good(takeRow(heard, second!, done.rows[0]!.body));
  return [
    { room: done.room, hands: first! },
    { room: heard, hands: second! },
  ];
}
