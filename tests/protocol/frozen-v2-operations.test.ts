/** Bytes of version 2 that say who is in a room, frozen, and read a second time from WIRE.md alone (see frozen-v2.test.ts). */
import { expect, test } from 'vitest';
import { endedKeys, openEnded, sealEnded } from '../../src/protocol/contact/ended.ts';
import { inviteKeys } from '../../src/protocol/contact/invite-link.ts';
import { openKnock, sealKnock } from '../../src/protocol/contact/knock.ts';
import type { OperationId } from '../../src/protocol/ids.ts';
import { makeRevocation } from '../../src/protocol/people/revocation.ts';
import { isRefusal } from '../../src/protocol/refusal.ts';
import { acceptanceOf } from '../../src/protocol/rooms/act.ts';
import type { Act } from '../../src/protocol/rooms/act.ts';
import { decodeOperation, makeOperation } from '../../src/protocol/rooms/operation.ts';
import { decodeRequest, makeRequest } from '../../src/protocol/rooms/request.ts';
import { asha, badru, chiku, disagreements, hex, luckOf, nowHour, nowMs, signedAgain, suite, unhex } from './frozen/cast.ts';
import { openEnded as openEndedAgain, openKnock as openKnockAgain, readInviteLink } from './second/contact.ts';
import * as second from './second/operations.ts';
import { readCertificate } from './second/people.ts';

const policy = { mayRemove: 'members', historyDays: 30, disappearSeconds: 604_800 } as const;
const secondPolicy = { whoMayRemove: 'any member', historyDays: 30, disappearSeconds: 604_800 };
const found = makeOperation(suite, asha.device, null, nowMs, [], {
  kind: 'found',
  luck: luckOf('found')(16),
  policy,
  commitment: suite.hash(luckOf('seed')(32)),
  certificate: asha.certificate,
  called: 'Asha',
  name: 'Kisima',
});
const { room } = found;
const link = { room, secret: luckOf('link')(32) };
const keys = inviteKeys(suite, link);
const inviteKey = suite.signPublic(keys.signSecret);
const invited = makeOperation(suite, asha.device, room, nowMs, [found.id], {
  kind: 'invite',
  key: inviteKey,
  uses: 3,
  expiresHour: nowHour + 48,
});
const request = makeRequest(suite, { room, invite: invited.id }, badru.device, badru.certificate, 'Badru 🐟', keys.signSecret);
const commitment = luckOf('commitment')(32);
const revocation = makeRevocation(suite, badru.person, badru.device.id, nowHour);
const acceptance = suite.sign(chiku.device.signSecret, acceptanceOf(room, chiku.certificate));

/** What is done, and what the second reader says of it. */
const acts: readonly (readonly [Act, object])[] = [
  [
    { kind: 'invite', key: inviteKey, uses: 3, expiresHour: nowHour + 48 },
    { kind: 'invite', key: inviteKey, uses: 3, expiresHour: nowHour + 48 },
  ],
  [
    { kind: 'withdraw', invite: invited.id },
    { kind: 'withdraw', invite: unhex(invited.id) },
  ],
  [
    { kind: 'add', invite: invited.id, request: request.bytes, commitment },
    { kind: 'add', invite: unhex(invited.id), request: request.bytes, commitment },
  ],
  [{ kind: 'leave' }, { kind: 'leave' }],
  [
    { kind: 'remove', person: badru.person.id, lasts: [{ device: badru.device.id, seq: 300 }] },
    { kind: 'remove', personId: unhex(badru.person.id), devices: [{ device: badru.device.signKey, seq: 300 }] },
  ],
  [
    { kind: 'revoke', revocation: revocation.bytes, device: badru.device.id, seq: 7 },
    { kind: 'revoke', revocation: revocation.bytes, seq: 7 },
  ],
  [
    { kind: 'role', person: badru.person.id, role: 'admin' },
    { kind: 'role', personId: unhex(badru.person.id), role: 'admin' },
  ],
  [
    { kind: 'rename', name: 'Kisima kipya' },
    { kind: 'rename', name: 'Kisima kipya' },
  ],
  [
    { kind: 'policy', policy },
    { kind: 'policy', ...secondPolicy },
  ],
  [
    { kind: 'rekey', commitment },
    { kind: 'rekey', commitment },
  ],
  [
    { kind: 'device', certificate: chiku.certificate, commitment, acceptance },
    { kind: 'device', certificate: readCertificate(chiku.certificate.bytes), commitment, acceptance },
  ],
  [
    { kind: 'call-me', called: 'Bibi Asha' },
    { kind: 'call me', called: 'Bibi Asha' },
  ],
];

const first = (changed: Uint8Array): unknown => decodeOperation(suite, changed);
const resign = signedAgain(asha.device.signSecret, 'operation');

test('what founds a room, and the room named after it', () => {
  expect([hex(found.bytes), found.id, room]).toMatchSnapshot();
  expect(second.readOperation(found.bytes)).toEqual({
    room: new Uint8Array(16),
    author: asha.device.signKey,
    atMs: nowMs,
    parents: [],
    body: {
      kind: 'found',
      luck: luckOf('found')(16),
      ...secondPolicy,
      commitment: suite.hash(luckOf('seed')(32)),
      certificate: readCertificate(asha.certificate.bytes),
      called: 'Asha',
      name: 'Kisima',
    },
    signature: found.bytes.slice(-64),
    operationId: unhex(found.id),
  });
  expect(second.roomIdOf(found.bytes)).toEqual(unhex(room));
  expect(disagreements(found.bytes, first, second.readOperation, { places: 30 })).toMatchObject({ taken: 1, differ: [] });
  const again = disagreements(found.bytes, first, second.readOperation, { finish: resign });
  expect(again.taken).toBeGreaterThan(20);
  expect(again.differ).toEqual([]);
});

test.each(acts.map(([act, body]) => [act.kind, act, body] as const))('an operation: %s', (_, act, body) => {
  const parents = [found.id, hex(luckOf('parent')(32)) as OperationId];
  const operation = makeOperation(suite, asha.device, room, nowMs, parents, act);
  expect([hex(operation.bytes), operation.id]).toMatchSnapshot();
  expect(second.readOperation(operation.bytes)).toEqual({
    room: unhex(room),
    author: asha.device.signKey,
    atMs: nowMs,
    parents: parents.map(unhex),
    body,
    signature: operation.bytes.slice(-64),
    operationId: unhex(operation.id),
  });
  expect(disagreements(operation.bytes, first, second.readOperation, { places: 30 })).toMatchObject({ taken: 1, differ: [] });
  const again = disagreements(operation.bytes, first, second.readOperation, { finish: resign });
  expect(again.taken).toBeGreaterThan(20);
  expect(again.differ).toEqual([]);
});

test('[O1] [O2] parents told twice, and kinds nobody knows', () => {
  const twice = makeOperation(suite, asha.device, room, nowMs, [found.id, found.id], { kind: 'leave' }).bytes;
  expect(first(twice)).toHaveProperty('refused');
  expect(() => second.readOperation(twice)).toThrow('repeated');
  const leave = makeOperation(suite, asha.device, room, nowMs, [found.id], { kind: 'leave' }).bytes;
  for (const kind of [0, 14, 255]) {
    const strange = resign(leave.with(1, kind));
    expect(first(strange)).not.toHaveProperty('refused');
    expect(second.readOperation(strange).body).toEqual({ kind: 'unknown', number: kind, rest: new Uint8Array(0) });
  }
});

test('[P4] the revocation in a revoke is read with the certificate of its person', () => {
  const act = { kind: 'revoke', revocation: revocation.bytes, device: badru.device.id, seq: 7 } as const;
  const operation = second.readOperation(makeOperation(suite, asha.device, room, nowMs, [found.id], act).bytes);
  expect(second.revocationIn(operation, readCertificate(badru.certificate.bytes))).toMatchObject({ hour: nowHour });
  expect(() => second.revocationIn(operation, readCertificate(asha.certificate.bytes))).toThrow('wrong-person');
});

test('[F1] a request to join, with an invite and without', () => {
  const without = makeRequest(suite, { room, invite: null }, badru.device, badru.certificate, 'Badru', null);
  expect([request.bytes, without.bytes].map(hex)).toMatchSnapshot();
  const cases = [
    [request, { room, invite: invited.id, inviteKey }],
    [without, { room, invite: null, inviteKey: null }],
  ] as const;
  for (const [{ bytes, called }, { invite, ...place }] of cases) {
    const read = (changed: Uint8Array): second.SecondRequest => {
      const taken = second.readRequest(changed);
      const inviteId = invite === null ? new Uint8Array(32) : unhex(invite);
      second.checkRequest(taken, unhex(place.room), inviteId, place.inviteKey);
      return taken;
    };
    expect(read(bytes)).toMatchObject({ certificate: readCertificate(badru.certificate.bytes), called });
    const byFirst = (changed: Uint8Array): unknown => decodeRequest(suite, changed, { invite, ...place });
    expect(disagreements(bytes, byFirst, read, { places: 30 })).toMatchObject({ taken: 1, differ: [] });
  }
});

test('[F2] a knock', () => {
  const envelope = sealKnock(suite, link.secret, badru.bundle, request.bytes, luckOf('knock'));
  expect(hex(envelope)).toMatchSnapshot();
  const spelled = [
    2,
    ...unhex(room),
    ...unhex(invited.id),
    ...link.secret,
    ...unhex(asha.person.id).slice(0, 16),
    255,
    255,
    255,
    255,
    0,
    0,
  ];
  const secondLink = readInviteLink(Buffer.from(spelled).toString('base64url'), nowHour);
  expect(openKnockAgain(envelope, secondLink, nowHour)).toMatchObject({
    a: luckOf('knock')(16),
    bundleBytes: badru.bundle.bytes,
    request: { called: 'Badru 🐟' },
  });
  const byFirst = (changed: Uint8Array): unknown => {
    const knock = openKnock(suite, link.secret, changed, nowMs);
    return isRefusal(knock) ? knock : decodeRequest(suite, knock.request, { room, invite: invited.id, inviteKey });
  };
  const { taken, differ } = disagreements(envelope, byFirst, (changed) => openKnockAgain(changed, secondLink, nowHour));
  expect({ taken, differ }).toEqual({ taken: 1, differ: [] });
  // Somebody else's bundle under an own request.
  const borrowed = sealKnock(suite, link.secret, chiku.bundle, request.bytes, luckOf('knock'));
  expect(byFirst(borrowed)).toHaveProperty('refused');
  expect(() => openKnockAgain(borrowed, secondLink, nowHour)).toThrow('wrong-device');
});

test('[F5] an ended link', () => {
  const a = luckOf('knock')(16);
  const keys = endedKeys(suite, link.secret, a);
  const envelope = sealEnded(suite, keys);
  expect(hex(envelope)).toMatchSnapshot();
  const byFirst = (changed: Uint8Array): unknown => openEnded(suite, keys, changed) ?? 'ended';
  const { taken, differ } = disagreements(envelope, byFirst, (changed) => openEndedAgain(changed, link.secret, a));
  expect({ taken, differ }).toEqual({ taken: 1, differ: [] });
});
