/** Version 3 of anything: both readers name it, and look at nothing that follows (see frozen-v2.test.ts). */
import { expect, test } from 'vitest';
import { decodeInviteLink } from '../../src/protocol/contact/invite-link.ts';
import { openKnock } from '../../src/protocol/contact/knock.ts';
import { decodePairingCode } from '../../src/protocol/contact/pairing-code.ts';
import { accept } from '../../src/protocol/conversation/accept.ts';
import { decodeBundle } from '../../src/protocol/people/bundle.ts';
import { decodeCertificate } from '../../src/protocol/people/certificate.ts';
import { decodeRevocation } from '../../src/protocol/people/revocation.ts';
import { createBackupOpener } from '../../src/protocol/rest/backup.ts';
import { decodeKeyBox } from '../../src/protocol/rest/key-box.ts';
import { createRecordSealer } from '../../src/protocol/rest/record.ts';
import { decodeOperation } from '../../src/protocol/rooms/operation.ts';
import { decodeAcknowledgement, isAcknowledgement } from '../../src/protocol/wire/acknowledgement.ts';
import { bucketOf } from '../../src/protocol/wire/bucket.ts';
import { decodeHop } from '../../src/protocol/wire/hop.ts';
import { asha, badru, luckOf, nowHour, nowMs, suite } from './frozen/cast.ts';
import { prekeyOf } from './frozen/talk.ts';
import { readInviteLink, readPairingLink } from './second/contact.ts';
import { readEnvelope, readHop } from './second/envelope.ts';
import { readOperation } from './second/operations.ts';
import { readBundle, readCertificate, readRevocation } from './second/people.ts';
import { openBackup, openRecord, readKeyBox } from './second/rest.ts';

const key = luckOf('key')(32);
const place = { store: 'rooms', id: '1', version: 1 };
const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
const byte = new Uint8Array([3]);
const half = new Uint8Array([0x31]);
const doorway = { us: badru, prekeys: [prekeyOf(badru)], pskOf: () => null, isSeen: () => false };
const openFile = (file: Uint8Array): unknown => createBackupOpener(suite, key).add(file);

const readHopOrAcknowledgement = (bytes: Uint8Array): unknown =>
  isAcknowledgement(bytes) ? decodeAcknowledgement(bytes) : decodeHop(bytes);

type Reader = (bytes: Uint8Array) => unknown;
const nouns: readonly (readonly [string, Uint8Array, Reader, Reader])[] = [
  ['certificate', byte, (bytes) => decodeCertificate(suite, bytes), readCertificate],
  [
    'revocation',
    byte,
    (bytes) => decodeRevocation(suite, bytes, asha.certificate),
    (bytes) => readRevocation(bytes, readCertificate(asha.certificate.bytes)),
  ],
  ['bundle', byte, (bytes) => decodeBundle(suite, bytes, nowMs), (bytes) => readBundle(bytes, nowHour)],
  ['hop', half, decodeHop, (bytes) => readHop(bytes, nowHour)],
  ['acknowledgement', new Uint8Array([0x32]), readHopOrAcknowledgement, (bytes) => readHop(bytes, nowHour)],
  ['envelope', half, bucketOf, readEnvelope],
  ['initial', half, (bytes) => accept(suite, doorway, bytes, luckOf('accept'), nowMs), readEnvelope],
  ['knock', half, (bytes) => openKnock(suite, key, bytes, nowMs), readEnvelope],
  ['operation', byte, (bytes) => decodeOperation(suite, bytes), readOperation],
  [
    'invite link',
    byte,
    (bytes) => decodeInviteLink(`join/${base64url(bytes)}`, nowMs),
    (bytes) => readInviteLink(base64url(bytes), nowHour),
  ],
  ['pairing code', byte, (bytes) => decodePairingCode(`pair/${base64url(bytes)}`), (bytes) => readPairingLink(base64url(bytes))],
  [
    'record',
    byte,
    (bytes) => createRecordSealer(suite, key, 'rooms').open('1', 1, bytes),
    (bytes) => openRecord(bytes, key, place),
  ],
  ['key box', byte, decodeKeyBox, readKeyBox],
  ['backup', new Uint8Array([...Buffer.from('WAVUBACK'), 3]), (bytes) => openFile(bytes), (bytes) => openBackup(bytes, key)],
];

test.each(nouns)('[E2] version 3 of: %s', (noun, begin, first, second) => {
  // A backup is a stream, whose head of 25 bytes is read at once.
  for (const length of [0, 1, 16, 200, 1_000].slice(noun === 'backup' ? 2 : 0)) {
    const bytes = new Uint8Array([...begin, ...luckOf('whatever')(length)]);
    expect({ length, ...(first(bytes) as object) }).toEqual({ length, refused: 'unknown-version' });
    expect(() => second(bytes)).toThrow('unknown-version');
  }
});
