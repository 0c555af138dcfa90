/** Everything of first contact that is read from outside. */
import { fromBase64url, toBase64url } from '../../../src/protocol/bytes.ts';
import { endedKeys, openEnded, sealEnded } from '../../../src/protocol/contact/ended.ts';
import { decodeInviteLink, encodeMemberInvite } from '../../../src/protocol/contact/invite-link.ts';
import type { MemberInvite } from '../../../src/protocol/contact/invite-link.ts';
import { openKnock, sealKnock } from '../../../src/protocol/contact/knock.ts';
import { decodePairingCode, encodePairingCode } from '../../../src/protocol/contact/pairing-code.ts';
import { encodeInvite } from '../../../src/protocol/invite.ts';
import { hexToBytes } from '@noble/hashes/utils.js';
import type { OperationId, RoomId } from '../../../src/protocol/ids.ts';
import { isRefusal } from '../../../src/protocol/refusal.ts';
import type { FuzzedDecoder } from '../fuzz.ts';
import { asha, bo, hour, luckOf, nowMs, suite } from '../people/persons.ts';

export const invite: MemberInvite = {
  room: 'ab'.repeat(16) as RoomId,
  operation: 'cd'.repeat(32) as OperationId,
  secret: luckOf('invite')(32),
  inviter: hexToBytes(asha.person.id).slice(0, 16),
  expiresHour: hour + 24,
  name: 'Wasafiri 🌊 — مسافرون',
  relays: ['https://relay.example', 'wss://10.0.0.7:8443'],
};

/** As `rooms/request.ts` writes it, which is not read here. */
export const request: Uint8Array = Buffer.concat([bo.certificate.bytes, luckOf('request')(177)]);
export const knock: Uint8Array = sealKnock(suite, invite.secret, bo.bundle, request, luckOf('knock'));
const keysOfEnded = endedKeys(suite, invite.secret, luckOf('knock')(16));
export const ended: Uint8Array = sealEnded(suite, keysOfEnded);

const bytesIn = (link: string): Uint8Array => fromBase64url(link.slice(link.indexOf('/') + 1))!;
const openInvite = { secret: luckOf('open')(32), name: 'The well' };
const code = { half: 'offer', person: invite.inviter, pskHalf: luckOf('psk')(16), signal: luckOf('signal')(140) } as const;

export const contactDecoders: readonly FuzzedDecoder[] = [
  {
    name: 'invite link',
    samples: [encodeMemberInvite(invite), encodeMemberInvite({ ...invite, name: '', relays: [] }), encodeInvite(openInvite)].map(
      bytesIn,
    ),
    again: (bytes) => {
      const link = decodeInviteLink(`https://wavu.example/#join/${toBase64url(bytes)}`, nowMs);
      if (isRefusal(link)) return link;
      return bytesIn(link.kind === 'open' ? encodeInvite(link) : encodeMemberInvite(link));
    },
  },
  {
    name: 'pairing code',
    samples: [bytesIn(encodePairingCode(code)), bytesIn(encodePairingCode({ ...code, half: 'answer' }))],
    again: (bytes) => {
      const read = decodePairingCode(`#pair/${toBase64url(bytes)}`);
      return isRefusal(read) ? read : bytesIn(encodePairingCode(read));
    },
  },
  {
    name: 'knock',
    samples: [knock],
    again: (bytes) => {
      const opened = openKnock(suite, invite.secret, bytes, nowMs);
      if (isRefusal(opened)) return opened;
      const luck = (): Uint8Array => opened.ack;
      return sealKnock(suite, invite.secret, opened.bundle, opened.request, luck);
    },
  },
  {
    name: 'ended link',
    samples: [ended],
    again: (bytes) => openEnded(suite, keysOfEnded, bytes) ?? sealEnded(suite, keysOfEnded),
  },
];
