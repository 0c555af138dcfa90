/** What is remembered of who has an author's words from whom: as many as there can be, however many pages came and went. */
import { expect, test } from 'vitest';
import { createSources } from '../../../src/app/cast/sources.ts';
import type { DeviceId, PeerId, RoomId } from '../../../src/protocol/ids.ts';

const room = '0102030405060708090a0b0c0d0e0f10' as RoomId;
const author = 'a'.repeat(64) as DeviceId;
const pages = Array.from({ length: 1_000 }, (_, at) => `page ${at}` as PeerId);

test.each(['eager', 'cut', 'told'] as const)('a thousand pages come and go: the last 64 are remembered (%s)', (kept) => {
  const sources = createSources();
  const source = sources.begin(room, author, []);
  for (const page of pages) {
    source[kept].add(page);
    // This one stays, and is spoken of again and again.
    source[kept].add(pages[0]!);
  }
  expect(pages.filter((page) => source[kept].has(page))).toEqual([pages[0], ...pages.slice(-63)]);
  source[kept].delete(pages[0]!);
  expect(source[kept].has(pages[0]!)).toBe(false);
});

test('whoever spoke longest ago is forgotten with their tree', () => {
  const sources = createSources();
  const authors = Array.from({ length: 513 }, (_, at) => at.toString(16).padStart(64, '0') as DeviceId);
  for (const each of authors.slice(0, 512)) sources.begin(room, each, [pages[0]!]);
  sources.of(room, authors[0]!);
  sources.begin(room, authors[512]!, []);
  expect(sources.of(room, authors[0]!)?.eager.has(pages[0]!)).toBe(true);
  expect(sources.of(room, authors[1]!)).toBe(null);
});
