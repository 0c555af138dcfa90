/** Operations of a room and requests to join it (WIRE section 5), read a second time, with every signature checked. */
import { hexOf, insist, isZero, same, takerOf } from './bytes.ts';
import type { Taker } from './bytes.ts';
import { takeSent } from './content.ts';
import { readCertificate, readRevocation, takeVersion } from './people.ts';
import type { SecondCertificate, SecondRevocation } from './people.ts';
import { H, checkSignature, label, zeros } from './primitives.ts';

export type SecondRequest = {
  readonly certificate: SecondCertificate;
  readonly called: string;
  readonly proof: Uint8Array;
  readonly signature: Uint8Array;
};

type Policy = { readonly whoMayRemove: 'admins' | 'any member'; readonly historyDays: number; readonly disappearSeconds: number };

type Body =
  | ({
      readonly kind: 'found';
      readonly luck: Uint8Array;
      readonly commitment: Uint8Array;
      readonly certificate: SecondCertificate;
      readonly called: string;
      readonly name: string;
    } & Policy)
  | { readonly kind: 'invite'; readonly key: Uint8Array; readonly uses: number; readonly expiresHour: number }
  | { readonly kind: 'withdraw'; readonly invite: Uint8Array }
  | { readonly kind: 'add'; readonly invite: Uint8Array; readonly request: Uint8Array; readonly commitment: Uint8Array }
  | { readonly kind: 'leave' }
  | {
      readonly kind: 'remove';
      readonly personId: Uint8Array;
      readonly devices: readonly { readonly device: Uint8Array; readonly seq: number }[];
    }
  | { readonly kind: 'revoke'; readonly revocation: Uint8Array; readonly seq: number }
  | { readonly kind: 'role'; readonly personId: Uint8Array; readonly role: 'member' | 'admin' }
  | { readonly kind: 'rename'; readonly name: string }
  | ({ readonly kind: 'policy' } & Policy)
  | { readonly kind: 'rekey'; readonly commitment: Uint8Array }
  | {
      readonly kind: 'device';
      readonly certificate: SecondCertificate;
      readonly commitment: Uint8Array;
      readonly acceptance: Uint8Array;
    }
  | { readonly kind: 'call me'; readonly called: string }
  | { readonly kind: 'unknown'; readonly number: number; readonly rest: Uint8Array };

export type SecondOperation = {
  readonly room: Uint8Array;
  readonly author: Uint8Array;
  readonly atMs: number;
  readonly parents: readonly Uint8Array[];
  readonly body: Body;
  readonly signature: Uint8Array;
  readonly operationId: Uint8Array;
};

const takePolicy = (taker: Taker): Policy => {
  const who = taker.u8();
  insist(who === 1 || who === 2, 'bad-policy');
  return { whoMayRemove: who === 1 ? 'admins' : 'any member', historyDays: taker.u8(), disappearSeconds: taker.u32() };
};

const takeRole = (taker: Taker): 'member' | 'admin' => {
  const role = taker.u8();
  insist(role === 1 || role === 2, 'bad-role');
  return role === 1 ? 'member' : 'admin';
};

export const takeRequest = (taker: Taker): SecondRequest => ({
  certificate: readCertificate(taker.take(199)),
  called: taker.text(48),
  proof: taker.take(64),
  signature: taker.take(64),
});

const takeBody = (kind: number, room: Uint8Array, taker: Taker): Body => {
  switch (kind) {
    case 1: {
      const luck = taker.take(16);
      const policy = takePolicy(taker);
      const [commitment, certificate] = [taker.take(32), readCertificate(taker.take(199))];
      return { kind: 'found', luck, ...policy, commitment, certificate, called: taker.text(48), name: taker.text(64) };
    }
    case 2:
      return { kind: 'invite', key: taker.take(32), uses: taker.u16(), expiresHour: taker.u32() };
    case 3:
      return { kind: 'withdraw', invite: taker.take(32) };
    case 4:
      // Read where the invite's key is known: a request that is none makes the operation void, and it stays a parent.
      return { kind: 'add', invite: taker.take(32), request: taker.take(taker.left() - 32 - 64), commitment: taker.take(32) };
    case 5:
      return { kind: 'leave' };
    case 6: {
      const [personId, count] = [taker.take(32), taker.u8()];
      return { kind: 'remove', personId, devices: taker.many(count, 16, (one) => ({ device: one.take(32), seq: one.varint() })) };
    }
    case 7:
      return { kind: 'revoke', revocation: taker.take(133), seq: taker.varint() };
    case 8:
      return { kind: 'role', personId: taker.take(32), role: takeRole(taker) };
    case 9:
      return { kind: 'rename', name: taker.text(64) };
    case 10:
      return { kind: 'policy', ...takePolicy(taker) };
    case 11:
      return { kind: 'rekey', commitment: taker.take(32) };
    case 12: {
      const [certificate, commitment, acceptance] = [readCertificate(taker.take(199)), taker.take(32), taker.take(64)];
      checkSignature(certificate.deviceSignKey, acceptance, label('device in room'), room, certificate.bytes);
      return { kind: 'device', certificate, commitment, acceptance };
    }
    case 13:
      return { kind: 'call me', called: taker.text(48) };
    default:
      return { kind: 'unknown', number: kind, rest: taker.take(taker.left() - 64) };
  }
};

/** Whatever an operation says of itself; that it may be said is the fold's to know. */
export const readOperation = (bytes: Uint8Array): SecondOperation => {
  const taker = takerOf(bytes);
  takeVersion(taker);
  insist(bytes.length <= 4_096, 'too-long');
  const kind = taker.u8();
  const [room, author, atMs] = [taker.take(16), taker.take(32), takeSent(taker)];
  const parents = taker.many(taker.u8(), 16, (one) => one.take(32));
  insist(taker.left() >= 64, 'truncated');
  const body = takeBody(kind, room, taker);
  const said = taker.before();
  const signature = taker.take(64);
  taker.end();
  checkSignature(author, signature, label('operation'), said);
  // [O1] only what founds stands alone, and it names no room: the room is named after it.
  insist(new Set(parents.map(hexOf)).size === parents.length, 'repeated');
  insist((kind === 1) === (parents.length === 0) && (kind === 1) === isZero(room), 'bad-place');
  if (body.kind === 'found') insist(same(body.certificate.deviceSignKey, author), 'wrong-author');
  return { room, author, atMs, parents, body, signature, operationId: H(bytes) };
};

export const roomIdOf = (found: Uint8Array): Uint8Array => H(label('room'), found).slice(0, 16);

const calledBytes = (called: string): Uint8Array => {
  const text = new Uint8Array(Buffer.from(called, 'utf8'));
  // A text of at most 48 bytes has a length of one byte.
  return new Uint8Array([text.length, ...text]);
};

export const readRequest = (bytes: Uint8Array): SecondRequest => {
  const taker = takerOf(bytes);
  const request = takeRequest(taker);
  taker.end();
  return request;
};

/** A request to join: by the invite's key, and by the device itself. Without an invite there is no key to prove. */
export const checkRequest = (
  request: SecondRequest,
  room: Uint8Array,
  invite: Uint8Array,
  inviteKey: Uint8Array | null,
): void => {
  const { certificate, proof, signature } = request;
  const called = calledBytes(request.called);
  const said = [label('join request'), room, invite, certificate.bytes, called];
  checkSignature(certificate.deviceSignKey, signature, ...said);
  if (inviteKey) checkSignature(inviteKey, proof, label('join'), room, certificate.bytes, called);
  else insist(same(invite, zeros(32)) && isZero(proof), 'bad-signature');
};

/** The revocation inside a `revoke`, by the person whose certificate is known. */
export const revocationIn = (operation: SecondOperation, person: SecondCertificate): SecondRevocation | null =>
  operation.body.kind === 'revoke' ? readRevocation(operation.body.revocation, person) : null;
