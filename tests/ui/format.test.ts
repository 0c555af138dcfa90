/** Numbers and times as people read them. */
import { expect, test } from 'vitest';
import { createFormat, dayNumber } from '../../src/ui/words/format.ts';

const f = createFormat('en-GB');
const noon = new Date(2026, 10, 20, 12).getTime();
const hourMs = 3_600_000;

test('delays below ten carry one decimal', () => {
  expect([0.42, 9.94, 9.97, 42.4, 1234].map((ms) => f.ms(ms))).toEqual(['0.4 ms', '9.9 ms', '10 ms', '42 ms', '1,234 ms']);
});

test('a day is said by its nearness', () => {
  const days = [0, 24, 48, 24 * 20, 24 * 400].map((hours) => f.day(noon - hours * hourMs, noon));
  expect(days).toEqual(['Today', 'Yesterday', 'Wednesday', '31 October', '16 October 2025']);
});

test('a clock that runs ahead is not called yesterday', () => {
  expect(f.day(noon + 30 * hourMs, noon)).toBe('21 November');
  expect(f.stamp(noon + hourMs, noon)).toBe('13:00');
});

test('a clock is written as the language does', () => {
  const atMs = new Date(2026, 10, 20, 7, 5).getTime();
  const says = (lang: string): string => createFormat(lang).clock(atMs).replace(/\s/g, ' ');
  expect(['en-US', 'en-GB', 'sw', 'es'].map(says)).toEqual(['7:05 AM', '07:05', '07:05', '7:05']);
});

test('a list shows the clock today and the day before that', () => {
  expect([1, 40, 24 * 30].map((hours) => f.stamp(noon - hours * hourMs, noon))).toEqual(['11:00', 'Wed', '21 Oct']);
});

test('counts follow the plural rules of the language', () => {
  const forms = { one: '# neighbour', other: '# neighbours' };
  expect([0, 1, 1200].map((n) => f.count(forms, n))).toEqual(['0 neighbours', '1 neighbour', '1,200 neighbours']);
  const slavic = { one: '# сусід', few: '# сусіди', many: '# сусідів', other: '# сусіда' };
  expect([1, 3, 11].map((n) => createFormat('uk').count(slavic, n))).toEqual(['1 сусід', '3 сусіди', '11 сусідів']);
});

test('all moments of one day have its number', () => {
  expect(dayNumber(new Date(2026, 10, 20, 0, 0, 0).getTime())).toBe(dayNumber(new Date(2026, 10, 20, 23, 59, 59).getTime()));
  expect(dayNumber(new Date(2026, 10, 21).getTime())).toBe(dayNumber(noon) + 1);
});
