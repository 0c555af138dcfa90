/** Who is who in a room of members. */
import { expect, test } from 'vitest';
import type { MemberView, PersonView } from '../../src/app/view.ts';
import { faceOf, isOnlyAdmin, peopleOf } from '../../src/ui/rooms/members.ts';
import { standing } from '../../src/ui/rooms/people.tsx';
import { en } from '../../src/ui/words/en.ts';
import { createFormat } from '../../src/ui/words/format.ts';

const speech = { w: en, f: createFormat('en'), whole: null };

const device = (name: string, here = true): PersonView => ({
  device: name as PersonView['device'],
  name,
  member: null,
  here,
  path: here ? 'direct' : null,
  rttMs: here ? 31 : null,
});
const member = (name: string, person: string, role: MemberView['role'] = 'member', here = true): PersonView => ({
  ...device(name, here),
  member: { person: person as MemberView['person'], role, mayRemove: false, mayPromote: false, isVerified: false },
});
const names = (people: readonly PersonView[]): string[] => people.map(({ name }) => name);

test('a person with two devices stands there once, with the device that is here', () => {
  const people = [member('phone', 'amina'), member('baraka', 'baraka'), member('laptop', 'amina', 'member', false)];
  expect(names(peopleOf({ kind: 'members', people }))).toEqual(['phone', 'baraka']);
});

test('who was removed, or not let in, is not listed among the members', () => {
  const people = [device('removed'), member('baraka', 'baraka')];
  expect(names(peopleOf({ kind: 'members', people }))).toEqual(['baraka']);
});

test('a room without members lists devices, each of them', () => {
  const people = [device('amina'), device('amina')];
  expect(peopleOf({ kind: 'open', people })).toBe(people);
  expect(peopleOf({ kind: 'square', people })).toBe(people);
});

test('the knot is of the person where one is known, else of the device', () => {
  const people = [member('phone', 'amina'), member('laptop', 'amina'), device('stranger')];
  expect(people.map(faceOf)).toEqual(['amina', 'amina', 'stranger']);
});

test('leaving as the only admin is told, but not where another admin or nobody stays', () => {
  const crew = [member('baraka', 'baraka'), device('removed')];
  expect(isOnlyAdmin({ role: 'admin', people: crew })).toBe(true);
  expect(isOnlyAdmin({ role: 'admin', people: [...crew, member('zawadi', 'zawadi', 'admin', false)] })).toBe(false);
  expect(isOnlyAdmin({ role: 'member', people: crew })).toBe(false);
  expect(isOnlyAdmin({ role: 'admin', people: [device('removed')] })).toBe(false);
});

test('a row says the role, the path and its delay, or that nobody reaches them', () => {
  expect(standing(member('a', 'a', 'admin'), speech)).toBe('admin · direct · 31 ms');
  expect(standing({ ...member('a', 'a'), path: 'relayed', rttMs: null }, speech)).toBe('through the relay');
  expect(standing(member('a', 'a', 'admin', false), speech)).toBe('admin · not reachable now');
  expect(standing(device('a'), speech)).toBe('direct · 31 ms');
});
