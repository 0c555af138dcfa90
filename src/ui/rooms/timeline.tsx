/** What was said, virtualised: it follows the newest while one is there, and stays put while one reads back. */
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { ReactElement, RefObject } from 'react';
import { Virtualizer } from 'virtua';
import type { VirtualizerHandle } from 'virtua';
import type { RoomView, TimelineView } from '../../app/view.ts';
import { announce } from '../parts/announce.tsx';
import { Icon } from '../parts/icon.tsx';
import { useActs } from '../use-app.ts';
import { useWords } from '../words/speak.tsx';
import { DayKnot, FreshLine, Message } from './message.tsx';
import { roomName } from './room-name.ts';
import { firstUnread, timelineRows } from './timeline-rows.ts';
import type { Row } from './timeline-rows.ts';

export interface TimelineProps {
  readonly room: RoomView;
  readonly timeline: TimelineView | null;
}

const nearEndPx = 96;
const nearStartPx = 400;
/** The button above the oldest row, as high as every target. */
const olderPx = 48;

export function Timeline({ room, timeline }: TimelineProps): ReactElement {
  const { w } = useWords();
  const acts = useActs();
  const list = useRef<VirtualizerHandle>(null);
  const messages = timeline?.messages ?? none;
  const freshFrom = useFreshFrom(room, timeline);
  const rows = useMemo(() => timelineRows(messages, freshFrom), [messages, freshFrom]);
  const [atEnd, setAtEnd] = useState(true);
  const following = useRef(true);
  const older = useOlder(room.id, timeline);

  // Rows came before the ones that were there: keep what is on the screen where it is.
  const first = messages[0]?.id;
  const [known, setKnown] = useState(first);
  const shift = first !== known && known !== undefined && messages.some(({ id }) => id === known);
  useEffect(() => setKnown(first), [first]);

  const toEnd = useCallback(() => list.current?.scrollToIndex(rows.length - 1, { align: 'end' }), [rows.length]);
  const newest = messages.at(-1);
  useLayoutEffect(() => {
    if (newest?.mine || following.current) toEnd();
  }, [newest, toEnd]);

  const shown = useShown();
  useEffect(() => {
    if (atEnd && shown && room.unread > 0) acts.markRead(room.id).catch(() => undefined);
  }, [acts, atEnd, shown, room.id, room.unread]);
  useSpokenArrivals(messages);

  const scrolled = (offset: number): void => {
    const seen = list.current;
    if (!seen) return;
    following.current = seen.scrollSize - offset - seen.viewportSize < nearEndPx;
    setAtEnd(following.current);
    if (offset < nearStartPx) older();
  };

  return (
    <div className="timeline-box">
      <section
        className="timeline"
        aria-label={w.room.timeline(roomName(room, w))}
        // A scroller is reached by keyboard too.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
      >
        {timeline?.hasOlder && (
          <button type="button" className="plain older" onClick={older}>
            {w.room.older}
          </button>
        )}
        <div className="timeline-rest">
          {timeline?.messages.length === 0 && <p className="quiet">{room.stage === 'in' ? w.room.quiet : w.home.nothingYet}</p>}
        </div>
        <Virtualizer
          ref={list as RefObject<VirtualizerHandle | null>}
          data={rows}
          shift={shift}
          startMargin={timeline?.hasOlder ? olderPx : 0}
          onScroll={scrolled}
          onResize={() => following.current && toEnd()}
        >
          {(row: Row, at) => <RowView key={row.key} row={row} newest={at === rows.length - 1} />}
        </Virtualizer>
      </section>
      {!atEnd && (
        <button type="button" className="to-newest" data-new={room.unread > 0} aria-label={w.room.toNewest} onClick={toEnd}>
          <Icon name="down" />
        </button>
      )}
    </div>
  );
}

const none: TimelineView['messages'] = [];

interface RowViewProps {
  readonly row: Row;
  readonly newest: boolean;
}

function RowView({ row, newest }: RowViewProps): ReactElement {
  switch (row.kind) {
    case 'day':
      return <DayKnot atMs={row.atMs} />;
    case 'fresh':
      return <FreshLine />;
    case 'message':
      return <Message message={row.message} opens={row.opens} closes={row.closes} newest={newest} />;
  }
}

/** Where the new begins, fixed at the moment the room was opened. */
function useFreshFrom(room: RoomView, timeline: TimelineView | null): string | null {
  const [unread] = useState(room.unread);
  const [from, setFrom] = useState<{ readonly id: string | null } | null>(null);
  if (from === null && timeline !== null && timeline.messages.length > 0) {
    const found = { id: firstUnread(timeline.messages, unread) };
    setFrom(found);
    return found.id;
  }
  return from?.id ?? null;
}

/** Is the page before somebody's eyes? */
function useShown(): boolean {
  return useSyncExternalStore(onVisibility, () => document.visibilityState === 'visible');
}

function onVisibility(changed: () => void): () => void {
  document.addEventListener('visibilitychange', changed);
  return () => document.removeEventListener('visibilitychange', changed);
}

/** Asks for earlier messages, one question at a time. */
function useOlder(room: RoomView['id'], timeline: TimelineView | null): () => void {
  const acts = useActs();
  const asking = useRef(false);
  const more = timeline?.hasOlder ?? false;
  return useCallback(() => {
    if (!more || asking.current) return;
    asking.current = true;
    acts
      .older(room)
      .catch(() => undefined)
      .finally(() => {
        asking.current = false;
      });
  }, [acts, more, room]);
}

/** Says new messages of others aloud, not those that were loaded. */
function useSpokenArrivals(messages: TimelineView['messages']): void {
  const { w } = useWords();
  const heard = useRef<{ readonly count: number; readonly last: string | undefined } | null>(null);
  useEffect(() => {
    const last = messages.at(-1);
    const before = heard.current;
    heard.current = { count: messages.length, last: last?.id };
    if (before === null || before.count === 0 || !last || last.mine || last.id === before.last) return;
    announce(w.room.arrived(last.name, last.text));
  }, [messages, w]);
}
