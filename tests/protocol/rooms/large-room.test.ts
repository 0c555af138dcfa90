/** What a removal costs a room of five hundred devices, and what a device keeps of it. */
import { expect, test } from 'vitest';
import { nodeCryptoSuite as suite } from '../../../src/adapters/node-crypto/suite.ts';
import { encodeBetween } from '../../../src/protocol/entries/between.ts';
import { limits } from '../../../src/protocol/limits.ts';
import { commitmentOf } from '../../../src/protocol/rooms/epoch.ts';
import { operationsOf } from '../../../src/protocol/rooms/graph.ts';
import { encodeKeyring } from '../../../src/protocol/rooms/keyring-state.ts';
import { makeRequest } from '../../../src/protocol/rooms/request.ts';
import { found, headsOfAll, rekey, remove, takeRow } from '../../../src/protocol/rooms/room-acts.ts';
import { act, emptyRoom, receive } from '../../../src/protocol/rooms/room.ts';
import type { Hands, Room } from '../../../src/protocol/rooms/room.ts';
import { createTagTable } from '../../../src/protocol/rooms/tag-table.ts';
import { bucketFor } from '../../../src/protocol/wire/bucket.ts';
import { hopBytes } from '../../../src/protocol/wire/hop.ts';
import { actorOf, good, luckOf, openPolicy, startMs } from './stage.ts';
import type { Actor } from './stage.ts';

const people = Array.from({ length: limits.devicesPerRoom }, (_, number) => actorOf(suite, `large ${number}`));
const handsOf = (actor: Actor): Hands => ({ suite, me: actor.device, luck: luckOf(actor.name), nowMs: startMs });
/** Of a conversation's smallest buckets, which bytes are not content. */
const aroundConversation = 67;

function fullRoom(): Room {
  const [first] = people as [Actor];
  let { room } = found(handsOf(first), { certificate: first.certificate, called: 'first', name: 'Large', policy: openPolicy });
  for (const who of people.slice(1)) {
    const request = makeRequest(suite, { room: room.id, invite: null }, who.device, who.certificate, 'x', null).bytes;
    room = good(act(room, handsOf(first), { kind: 'add', invite: null, request, commitment: commitmentOf(suite, request) })).room;
  }
  return good(rekey(room, handsOf(first))).room;
}

test(
  'B17 [O9] [K1]: who removes one of 500 devices sends at most 120,000 bytes, each member takes at most 1,000',
  { timeout: 60_000 },
  () => {
    const [first, second, last] = [people[0]!, people[1]!, people.at(-1)!];
    const room = fullRoom();
    const beganMs = performance.now();
    const done = good(remove(room, handsOf(first), last.person.id, [{ device: last.device.id, seq: 700 }]));
    const tookMs = performance.now() - beganMs;
    const [rows] = done.rows;
    const content = encodeBetween({ kind: 'seed-row', body: rows!.body });
    const bucket = good(bucketFor(content.length, aroundConversation));
    expect(bucket.bytes + hopBytes).toBe(200);
    expect(rows!.devices).toHaveLength(498);
    const operationBytes = done.operations.reduce((sum, one) => sum + one.bytes.length, 0);
    const sent = operationBytes + rows!.devices.length * (bucket.bytes + hopBytes);
    expect(sent).toBeLessThanOrEqual(120_000);
    expect(operationBytes + bucket.bytes + hopBytes).toBeLessThanOrEqual(1_000);

    let other = emptyRoom(room.id);
    for (const operation of operationsOf(done.room.graph)) other = good(receive(other, handsOf(second), operation.bytes)).room;
    const rowBeganMs = performance.now();
    other = good(takeRow(other, handsOf(second), rows!.body));
    const rowMs = performance.now() - rowBeganMs;
    const table = createTagTable(suite);
    const tableBeganMs = performance.now();
    table.put(other.id, other.keyring);
    const tableMs = performance.now() - tableBeganMs;
    const stored = encodeKeyring(other.keyring).length;
    const heads = headsOfAll(other, second.device.id, people[2]!.device.id).reduce((sum, body) => sum + body.length, 0);
    process.stderr.write(
      `500 devices: removal ${tookMs.toFixed(0)} ms, ${sent} bytes sent; a row taken in ${rowMs.toFixed(0)} ms, ` +
        `${table.size()} tags in ${tableMs.toFixed(0)} ms; keyring ${stored} bytes, heads ${heads} bytes\n`,
    );
    expect(table.size()).toBeLessThanOrEqual(498 * 40);
    expect(stored).toBeLessThan(60_000);
    expect(heads).toBeLessThan(25_000);
    // A 501st is not let in.
    const more = actorOf(suite, 'one more');
    const request = makeRequest(suite, { room: room.id, invite: null }, more.device, more.certificate, 'x', null).bytes;
    const full = act(room, handsOf(first), { kind: 'add', invite: null, request, commitment: commitmentOf(suite, request) });
    expect(full).toEqual({ refused: 'not-lawful' });
  },
);
