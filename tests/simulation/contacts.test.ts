/** The generator of contacts against the figures of the phones it is after. */
import { expect, test } from 'vitest';
import { createRandom } from '../../src/adapters/memory/random.ts';
import { contactsOf } from './contacts.ts';

const names = Array.from({ length: 36 }, (_, at) => `phone ${at}`);
const daysMs = 11.4 * 86_400_000;
const contacts = contactsOf(names, daysMs, createRandom('phones'));

test('about as many as the phones had, between about as many pairs, in order', () => {
  // 8,779 between 541 pairs; those not seen twice in a scan are longer here.
  expect(contacts.length).toBeGreaterThan(6_000);
  expect(contacts.length).toBeLessThan(18_000);
  const pairs = new Set(contacts.map(({ one, other }) => `${one} ${other}`));
  expect(pairs.size).toBeGreaterThan(500);
  expect(pairs.size).toBeLessThan(580);
  expect(contacts.every(({ fromMs, untilMs }, at) => untilMs > fromMs && fromMs >= (contacts[at - 1]?.fromMs ?? 0))).toBe(true);
});

test('a contact is minutes, and who is in contact is few', () => {
  const lengthsMs = contacts.map(({ fromMs, untilMs }) => untilMs - fromMs).toSorted((a, b) => a - b);
  expect(lengthsMs[Math.floor(lengthsMs.length / 2)]).toBeGreaterThan(100_000);
  expect(lengthsMs[Math.floor(lengthsMs.length / 2)]).toBeLessThan(400_000);
  const together = lengthsMs.reduce((sum, each) => sum + each, 0) / daysMs / 630;
  expect(together).toBeGreaterThan(0.005);
  expect(together).toBeLessThan(0.05);
});

test('the world begins as it goes on', () => {
  const in24Hours = (day: number): number =>
    contacts.filter(({ fromMs }) => fromMs > day * 86_400_000 && fromMs <= (day + 1) * 86_400_000).length;
  expect(in24Hours(0) / in24Hours(9)).toBeGreaterThan(0.6);
  expect(in24Hours(0) / in24Hours(9)).toBeLessThan(1.7);
});

test('the same luck is the same meetings', () => {
  expect(contactsOf(names, daysMs, createRandom('phones'))).toEqual(contacts);
});
