/** Whether an operation is lawful in its own view (O3), and what is to be known of it ever after. */
import type { OperationId, RoomId } from '../ids.ts';
import { limits } from '../limits.ts';
import { decodeRevocation } from '../people/revocation.ts';
import { isRefusal, refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import type { Suite } from '../suite/suite.ts';
import type { Act } from './act.ts';
import { judge } from './authority.ts';
import { viewOf } from './fold.ts';
import { numberFor, pastOf, placeOf, tipsOf } from './known.ts';
import type { Known, OperationNode, Strike } from './known.ts';
import { has } from './number-set.ts';
import type { NumberSet } from './number-set.ts';
import type { Operation } from './operation.ts';
import { decodeRequest } from './request.ts';
import { at } from './shared-list.ts';
import { eachOf } from './view.ts';
import type { Author, Joins, Step, View } from './view.ts';

/** All parents are known. */
export function nodeFor(suite: Suite, known: Known, room: RoomId, operation: Operation): OperationNode | Refusal {
  const number = known.nodes.length;
  const { act } = operation;
  if (act.kind === 'found') {
    const joins = joinsOf(known, act.certificate, act.called);
    const step: Step = { kind: 'found', joins, name: act.name, policy: act.policy };
    const rank = { isAdmin: true, ranksSince: 0, takesAdmin: false, strike: null, view: viewOf(known, []) };
    return {
      number,
      operation,
      parents: [],
      ...pastOf(known, []),
      author: { device: joins.device, person: joins.person },
      place: 0,
      step,
      ...rank,
    };
  }
  const parents = tipsOf(
    known,
    operation.parents.map((parent) => known.numbers.get(parent)!),
  );
  const { past, depth } = pastOf(known, parents);
  const view = viewOf(known, parents);
  const author = authorIn(known, view, operation);
  if (isRefusal(author)) return author;
  const place = placeOf(known, author.device, past);
  // O9: by its own past alone, so it is the same everywhere.
  if (place >= limits.operationsPerDevice) return refuse('too-many');
  const step = stepOf(suite, known, room, view, past, author, operation);
  if (isRefusal(step)) return step;
  const reason = judge(known, view, author, step);
  if (reason !== null) return refuse(reason === 'expired' || reason === 'revoked' ? reason : 'not-lawful');
  const member = at(view.members, author.person)!;
  const strike = strikeOf(view, step);
  const isKept = strike !== null || step.kind === 'rekey' || number % checkpoint === 0;
  return {
    number,
    operation,
    parents,
    past,
    depth,
    author,
    place,
    step,
    isAdmin: member.role === 'admin',
    ranksSince: member.ranksSince,
    takesAdmin: judge(known, view, author, step, true) !== null,
    strike,
    view: isKept ? view : null,
  };
}

/** Every so many operations the fold is kept, so that a late one does not begin from the founding. */
const checkpoint = 32;

function authorIn(known: Known, view: View, operation: Operation): Author | Refusal {
  const device = known.devices.numbers.get(operation.author);
  const there = device === undefined ? undefined : at(view.devices, device);
  if (device === undefined || there === undefined) return refuse('unknown-device');
  if (there.state !== 'here') return refuse(there.state === 'revoked' ? 'revoked' : 'not-lawful');
  return { device, person: there.person };
}

/** Looks up what the act names in its past alone, and verifies what can be verified only there. */
function stepOf(
  suite: Suite,
  known: Known,
  room: RoomId,
  view: View,
  past: NumberSet,
  author: Author,
  { act, atMs }: Operation,
): Step | Refusal {
  switch (act.kind) {
    case 'found':
      return refuse('not-lawful');
    case 'invite':
      return { kind: 'invite', key: act.key, uses: act.uses, expiresHour: act.expiresHour };
    case 'withdraw': {
      const invite = inPast(known, past, act.invite);
      return invite === null ? refuse('not-lawful') : { kind: 'withdraw', invite };
    }
    case 'add': {
      const invite = act.invite === null ? null : inPast(known, past, act.invite);
      const open = invite === null ? undefined : at(view.invites, invite);
      if (act.invite !== null && (invite === null || open === undefined)) return refuse('not-lawful');
      // O7: whoever was removed may know the secret of every invite made before.
      if (invite !== null && [...eachOf(view.removals)].some((removal) => !has(known.nodes[invite]!.past, removal)))
        return refuse('not-lawful');
      const request = decodeRequest(suite, act.request, { room, invite: act.invite, inviteKey: open?.key ?? null });
      if (isRefusal(request)) return request;
      return { kind: 'add', invite, joins: joinsOf(known, request.certificate, request.called), atMs };
    }
    case 'remove': {
      const person = known.persons.numbers.get(act.person);
      return person === undefined ? refuse('not-lawful') : { kind: 'remove', person };
    }
    case 'revoke':
      return revokeOf(suite, known, view, author, act);
    case 'role': {
      const person = known.persons.numbers.get(act.person);
      return person === undefined ? refuse('not-lawful') : { kind: 'role', person, role: act.role };
    }
    case 'rename':
      return { kind: 'rename', name: act.name };
    case 'policy':
      return { kind: 'policy', policy: act.policy };
    case 'device':
      return { kind: 'device', joins: joinsOf(known, act.certificate, '') };
    case 'call-me':
      return { kind: 'call-me', called: act.called };
    case 'leave':
    case 'rekey':
    case 'unknown':
      return { kind: act.kind };
  }
}

function revokeOf(suite: Suite, known: Known, view: View, author: Author, act: Extract<Act, { kind: 'revoke' }>): Step | Refusal {
  const own = at(view.devices, author.device)!.certificate;
  const revocation = decodeRevocation(suite, act.revocation, own);
  if (isRefusal(revocation)) return revocation;
  const device = known.devices.numbers.get(revocation.deviceId);
  return device === undefined ? refuse('not-lawful') : { kind: 'revoke', device };
}

const joinsOf = (known: Known, certificate: Joins['certificate'], called: string): Joins => ({
  person: numberFor(known.persons, certificate.personId),
  device: numberFor(known.devices, certificate.deviceId),
  certificate,
  called,
});

function inPast(known: Known, past: NumberSet, id: OperationId): number | null {
  const number = known.numbers.get(id);
  return number !== undefined && has(past, number) ? number : null;
}

function strikeOf(view: View, step: Step): Strike | null {
  if (step.kind === 'remove') return { hits: 'person', person: step.person };
  if (step.kind === 'revoke') return { hits: 'device', device: step.device };
  const isDemotion = step.kind === 'role' && step.role === 'member' && at(view.members, step.person)?.role === 'admin';
  return isDemotion ? { hits: 'admin', person: step.person } : null;
}
