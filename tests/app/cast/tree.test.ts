/** The tree that an author's words grow: one copy each once it stands, past those who die in silence, and round again when the ways change. */
import { expect, test } from 'vitest';
import { createNet } from './net.ts';
import type { Net } from './net.ts';

/** Sixty on a ring, each linked to the next, and to one eleven and one seventeen further: three links out, three in. */
const sixty = (seed: string): Promise<Net> => createNet(seed, 60, (at) => [at + 1, at + 11, at + 17]);

test('what one says comes to all; from the third word on it comes about once', async () => {
  const net = await sixty('tree');
  const first = await net.say(0, 1, 3_000);
  expect(first.heardMs.size).toBe(59);
  await net.say(0, 2, 3_000);
  for (let word = 3; word < 8; word += 1) {
    const { heardMs, copies } = await net.say(0, word, 3_000);
    expect(heardMs.size).toBe(59);
    expect(copies).toBeLessThanOrEqual(59 * 1.15);
  }
});

test('each author has a tree of its own', async () => {
  const net = await sixty('authors');
  for (const author of [0, 20, 40]) for (let word = 1; word < 4; word += 1) await net.say(author, word, 3_000);
  for (const author of [0, 20, 40]) {
    const { heardMs, copies } = await net.say(author, 9, 3_000);
    expect(heardMs.size).toBe(59);
    expect(copies).toBeLessThanOrEqual(59 * 1.15);
  }
});

test('one in ten dies in silence: whoever lives has the next word within a second, and the one after it as fast as before', async () => {
  const net = await sixty('dying');
  for (let word = 1; word < 5; word += 1) await net.say(0, word, 3_000);
  const whole = await net.say(0, 5, 3_000);
  const dead = [7, 17, 27, 37, 47, 57];
  for (const at of dead) net.freeze(at);
  const broken = await net.say(0, 6, 3_000);
  expect(broken.heardMs.size).toBe(59 - dead.length);
  expect(Math.max(...broken.heardMs.values())).toBeLessThan(1_000);
  await net.say(0, 7, 3_000);
  const healed = await net.say(0, 8, 3_000);
  expect(healed.heardMs.size).toBe(59 - dead.length);
  expect(Math.max(...healed.heardMs.values())).toBeLessThan(2 * Math.max(...whole.heardMs.values()));
});

test.each([1, 2])('a way that grows a little slower is left for the other (over %i)', async (middle) => {
  const net = await createNet(`slower ${middle}`, 4, (at) => [[1, 2], [3], [3], []][at] ?? []);
  net.world.paths.setAll({ jitterMs: 0 });
  for (let word = 1; word < 4; word += 1) await net.say(0, word, 2_000);
  net.world.paths.set(`node ${middle}`, 'node 3', { delayMs: 50 });
  for (let word = 4; word < 7; word += 1) await net.say(0, word, 2_000);
  const { heardMs, copies } = await net.say(0, 7, 2_000);
  expect(heardMs.get(3)).toBeLessThan(45);
  expect(copies).toBe(3);
});
