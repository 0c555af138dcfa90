/** The doctor says what was found, in every language, and nothing of what was not looked at. */
import { describe, expect, test } from 'vitest';
import type { Findings } from '../../src/app/doctor/findings.ts';
import { judge } from '../../src/app/doctor/judge.ts';
import { linesOf, reportOf } from '../../src/ui/mesh/doctor-says.ts';
import { en } from '../../src/ui/words/en.ts';
import { es } from '../../src/ui/words/es.ts';
import { createFormat } from '../../src/ui/words/format.ts';
import { sw } from '../../src/ui/words/sw.ts';

const found: Findings = {
  secure: true,
  online: true,
  relay: { state: 'open', door: 'first', answers: true, rttMs: 42 },
  webRtc: { state: 'tried', hosts: 'names', isLinked: true },
  people: { direct: 4, relayed: 1, through: 2, rooms: 3, roomsOut: 1 },
  storage: { isKept: true, room: { usedBytes: 1_500_000, mostBytes: 10_900_000 } },
  offline: 'ready',
};
const speech = { w: en, f: createFormat('en') };
const says = (part: Partial<Findings>): string =>
  linesOf(part, speech)
    .map((line) => line.says)
    .join('|');

test('only what was looked at has a line', () => {
  expect(linesOf({}, speech)).toEqual([]);
  expect(linesOf({ secure: false, online: true }, speech)).toEqual([
    { check: 'secure', name: 'Secure page', says: en.doctor.insecure, isWell: false },
    { check: 'online', name: 'Network', says: en.doctor.online, isWell: true },
  ]);
});

test('each way to people is counted by itself', () => {
  expect(says({ people: found.people })).toBe(
    '4 linked directly · 1 through the relay · 2 through others. In 1 room none of the others is reached.',
  );
  expect(says({ people: { direct: 0, relayed: 0, through: 2, rooms: 1, roomsOut: 0 } })).toBe('2 through others.');
});

test('figures are said only where they were measured', () => {
  expect(says({ relay: found.relay })).toBe('Reached, 42 ms there and back.');
  expect(says({ relay: { state: 'open', door: 'second', answers: false, rttMs: null } })).toBe(
    `${en.doctor.relayOpen} ${en.doctor.relaySecond} ${en.doctor.relays.silent}`,
  );
  expect(says({ storage: found.storage })).toBe('The browser promised to keep it. 2\u00a0MB of 10\u00a0MB are used.');
  expect(says({ storage: { isKept: false, room: null } })).toBe(en.doctor.notKept);
  expect(says({ storage: null })).toBe(en.doctor.keptUnknown);
});

describe.each([en, sw, es])('in $lang', (w) => {
  test('the report is the verdict, the seven lines and the step', () => {
    const lines = reportOf({ found, judgement: judge(found) }, '0.1.0+3f9c12ab', { w, f: createFormat(w.lang) }).split('\n');
    expect(lines).toHaveLength(10);
    expect(lines.slice(0, 2)).toEqual(['Wavu 0.1.0+3f9c12ab', w.doctor.verdicts.joined]);
    expect(lines.at(-1)).toBe(w.doctor.next(w.doctor.steps.wait));
    expect(lines.join('')).not.toMatch(/undefined|null|#|\[object/);
  });
});
