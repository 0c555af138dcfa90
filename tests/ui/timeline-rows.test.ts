/** How messages become rows. */
import { expect, test } from 'vitest';
import type { MessageView } from '../../src/app/view.ts';
import { firstUnread, rowKey, timelineRows } from '../../src/ui/rooms/timeline-rows.ts';

const noon = new Date(2026, 10, 20, 12).getTime();
const minuteMs = 60_000;
let made = 0;

function said(author: string, minute: number, mine = false): MessageView {
  made += 1;
  return {
    id: `m${made}` as MessageView['id'],
    author: author as MessageView['author'],
    face: author as MessageView['author'],
    name: author,
    mine,
    sentAtMs: noon + minute * minuteMs,
    text: 'words',
    mark: null,
  };
}

const drawn = (messages: readonly MessageView[], fresh: string | null = null): string[] =>
  timelineRows(messages, fresh).map((row) =>
    row.kind === 'message' ? `${row.opens ? '<' : ''}${row.message.name}${row.closes ? '>' : ''}` : row.kind,
  );

test('one face opens a run, and the cord ends with it', () => {
  expect(drawn([said('a', 0), said('a', 1), said('a', 2), said('b', 3)])).toEqual(['day', '<a', 'a', 'a>', '<b>']);
});

test('a silence of ten minutes or a new day begins a new run', () => {
  expect(drawn([said('a', 0), said('a', 11), said('a', 12), said('a', 12 * 60 + 5)])).toEqual([
    'day',
    '<a>',
    '<a',
    'a>',
    'day',
    '<a>',
  ]);
});

test('the new begins at the oldest unread message of others', () => {
  const messages = [said('a', 0), said('me', 1, true), said('a', 2), said('b', 3), said('me', 4, true)];
  const fresh = firstUnread(messages, 2);
  expect(fresh).toBe(messages[2] && rowKey(messages[2]));
  expect(drawn(messages, fresh)).toEqual(['day', '<a>', '<me>', 'fresh', '<a>', '<b>', '<me>']);
  expect(firstUnread(messages, 0)).toBeNull();
  // More unread than is loaded: the line would be a lie.
  expect(firstUnread(messages, 9)).toBeNull();
});

test('keys are unique', () => {
  const messages = Array.from({ length: 200 }, (_, at) => said('abc'[at % 3] ?? 'a', at * 30));
  const keys = timelineRows(messages, messages[50] ? rowKey(messages[50]) : null).map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
});
