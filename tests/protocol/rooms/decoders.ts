/** What a room reads: operations, requests, rows, heads, keyrings, envelopes. */
import { nodeCryptoSuite as suite } from '../../../src/adapters/node-crypto/suite.ts';
import { encodeEntry } from '../../../src/protocol/entries/entry.ts';
import type { OperationId } from '../../../src/protocol/ids.ts';
import { makeRevocation } from '../../../src/protocol/people/revocation.ts';
import { isRefusal } from '../../../src/protocol/refusal.ts';
import type { Refusal } from '../../../src/protocol/refusal.ts';
import { operationsOf } from '../../../src/protocol/rooms/graph.ts';
import { decodeHeadEntry, encodeHeadEntry } from '../../../src/protocol/rooms/head-entry.ts';
import { decodeHeads, encodeHeads } from '../../../src/protocol/rooms/heads.ts';
import { decodeKeyring, encodeKeyring } from '../../../src/protocol/rooms/keyring-state.ts';
import { decodeOperation } from '../../../src/protocol/rooms/operation.ts';
import { actKinds, readAct, writeAct } from '../../../src/protocol/rooms/act.ts';
import type { Act } from '../../../src/protocol/rooms/act.ts';
import { decodeRequest, makeRequest } from '../../../src/protocol/rooms/request.ts';
import { admit, found, takeHeads } from '../../../src/protocol/rooms/room-acts.ts';
import { emptyRoom, open, receive, seal } from '../../../src/protocol/rooms/room.ts';
import { decodeSeedRow, encodeSeedRow } from '../../../src/protocol/rooms/seed-row.ts';
import { createTagTable } from '../../../src/protocol/rooms/tag-table.ts';
import { createWriter } from '../../../src/protocol/bytes.ts';
import type { FuzzedDecoder } from '../fuzz.ts';
import { actorOf, good, luckOf, openPolicy, startMs, writingOf } from './stage.ts';
import type { Actor } from './stage.ts';

const [ann, ben] = [actorOf(suite, 'ann'), actorOf(suite, 'ben')] as [Actor, Actor];
const writing = writingOf(suite, ann, openPolicy);
const { founding, room } = writing;
const invite = writing.invite(ann, [founding], 3);
const id = 'ab'.repeat(32) as OperationId;
const fill = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const acts: readonly Act[] = [
  { kind: 'withdraw', invite: founding.id },
  { kind: 'leave' },
  { kind: 'role', person: ben.person.id, role: 'admin' },
  { kind: 'rename', name: 'Brunnen' },
  { kind: 'policy', policy: openPolicy },
  { kind: 'rekey', commitment: fill(3) },
  { kind: 'call-me', called: 'Ann' },
  { kind: 'revoke', revocation: makeRevocation(suite, ann.person, ben.device.id, 4).bytes, device: ben.device.id, seq: 9 },
  {
    kind: 'remove',
    person: ben.person.id,
    lasts: [
      { device: ben.device.id, seq: 300 },
      { device: ann.device.id, seq: 1 },
    ],
  },
];
const operations = [
  founding,
  invite.operation,
  writing.add(ann, [invite.operation], ben, invite),
  writing.device(ann, [founding, invite.operation], ben),
  ...acts.map((act) => writing.by(ann, [founding], act)),
];

const hands = (actor: Actor): Parameters<typeof found>[0] => ({
  suite,
  me: actor.device,
  luck: luckOf(`fuzz ${actor.name}`),
  nowMs: startMs,
});
const begun = found(hands(ann), { certificate: ann.certificate, called: 'ann', name: 'Well', policy: openPolicy });
const asked = makeRequest(suite, { room: begun.room.id, invite: null }, ben.device, ben.certificate, 'ben', null);
const let1 = good(admit(begun.room, hands(ann), asked.bytes, null));
const heads = good(decodeHeads(let1.heads[0]!.body));
const benRoom = let1.heads.reduce(
  (now, { body }) => good(takeHeads(now, hands(ben), body)),
  operationsOf(let1.room.graph).reduce((now, one) => good(receive(now, hands(ben), one.bytes)).room, emptyRoom(begun.room.id)),
);
const said = ['', 'x'.repeat(400)].map((text) =>
  good(seal(let1.room, hands(ann), encodeEntry({ sentAtMs: startMs, seq: 1, parents: [], body: { kind: 'text', text } }))),
);
const table = createTagTable(suite);
table.put(benRoom.id, benRoom.keyring);
const place = table.find(said[0]!.envelope)!;

const asIs = <Value extends object>(value: Value | Refusal, encode: (value: Value) => Uint8Array): Uint8Array | Refusal =>
  isRefusal(value) ? value : encode(value);

/** Bodies without a signature around them: what is behind it is reached too. */
const bodies: readonly FuzzedDecoder[] = Object.entries(actKinds)
  .filter(([kind]) => kind !== 'unknown')
  .map(([kind, number]) => {
    const samples = operations.filter((one) => one.act.kind === kind).map((one) => writeAct(createWriter(), one.act).done());
    return {
      name: `${kind} act`,
      samples,
      again: (bytes) => asIs(readAct(suite, number, bytes, room, ann.device.id), (act) => writeAct(createWriter(), act).done()),
    };
  });

export const roomDecoders: readonly FuzzedDecoder[] = [
  {
    name: 'operation',
    samples: operations.map((one) => one.bytes),
    again: (bytes) => asIs(decodeOperation(suite, bytes), (one) => one.bytes),
  },
  ...bodies,
  {
    name: 'request',
    samples: [asked.bytes],
    again: (bytes) =>
      asIs(decodeRequest(suite, bytes, { room: begun.room.id, invite: null, inviteKey: null }), (one) => one.bytes),
  },
  {
    name: 'seed row',
    samples: [encodeSeedRow({ room, epoch: id, seed: fill(1) })],
    again: (bytes) => asIs(decodeSeedRow(bytes), encodeSeedRow),
  },
  {
    name: 'heads',
    samples: [encodeHeads(heads), encodeHeads({ ...heads, rows: [] })],
    again: (bytes) => asIs(decodeHeads(bytes), encodeHeads),
  },
  {
    name: 'head entry',
    samples: [encodeHeadEntry({ operation: id, seed: fill(2) })],
    again: (bytes) => asIs(decodeHeadEntry(bytes), encodeHeadEntry),
  },
  {
    name: 'keyring',
    samples: [encodeKeyring(let1.room.keyring), encodeKeyring(benRoom.keyring)],
    again: (bytes) => asIs(decodeKeyring(bytes), encodeKeyring),
  },
  {
    name: 'room envelope',
    samples: said.map((one) => one.envelope),
    again: (bytes) => asIs(open(benRoom, { suite, nowMs: startMs }, place, bytes), () => bytes),
  },
];
