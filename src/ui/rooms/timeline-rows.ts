/** Lays messages out as rows: days between them, one face per run of one author, where the new begins. */
import type { MessageView } from '../../app/view.ts';
import { dayNumber } from '../words/format.ts';

export type Row =
  | { readonly kind: 'day'; readonly key: string; readonly atMs: number }
  | { readonly kind: 'fresh'; readonly key: string }
  | {
      readonly kind: 'message';
      readonly key: string;
      readonly message: MessageView;
      /** First and last of a run of one author. */
      readonly opens: boolean;
      readonly closes: boolean;
    };

/** A longer silence begins a new run. */
const runMs = 10 * 60_000;

/** `fresh`: how many messages of others were unread when the room was opened. */
export function timelineRows(messages: readonly MessageView[], freshFrom: string | null): readonly Row[] {
  const rows: Row[] = [];
  messages.forEach((message, at) => {
    const before = messages[at - 1];
    const after = messages[at + 1];
    if (!before || dayNumber(before.sentAtMs) !== dayNumber(message.sentAtMs))
      rows.push({ kind: 'day', key: `day-${rowKey(message)}`, atMs: message.sentAtMs });
    if (rowKey(message) === freshFrom) rows.push({ kind: 'fresh', key: 'fresh' });
    rows.push({
      kind: 'message',
      key: rowKey(message),
      message,
      opens: !before || rowKey(message) === freshFrom || !sameRun(before, message),
      closes: !after || rowKey(after) === freshFrom || !sameRun(message, after),
    });
  });
  return rows;
}

/** The first of the newest `unread` messages that are not mine. */
export function firstUnread(messages: readonly MessageView[], unread: number): string | null {
  let left = unread;
  for (let at = messages.length - 1; at >= 0 && left > 0; at -= 1) {
    const message = messages[at];
    if (!message || message.mine) continue;
    left -= 1;
    if (left === 0) return rowKey(message);
  }
  return null;
}

/** Ids are the authors' choice: two may choose the same. */
export const rowKey = ({ author, id }: MessageView): string => `${author}/${id}`;

function sameRun(a: MessageView, b: MessageView): boolean {
  return a.author === b.author && Math.abs(b.sentAtMs - a.sentAtMs) < runMs && dayNumber(a.sentAtMs) === dayNumber(b.sentAtMs);
}
