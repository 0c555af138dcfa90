/** Where the person is: kept in the browser's history, so that Back works, and never in the address. */
import { useSyncExternalStore } from 'react';
import type { RoomView } from '../../app/view.ts';

export type Place =
  | { readonly tab: 'rooms'; readonly room: RoomView['id'] | null }
  /** `isAsking`: how it stands with the connection, which is looked into at once. */
  | { readonly tab: 'mesh'; readonly isAsking?: true }
  | { readonly tab: 'you' };

export type Tab = Place['tab'];

interface Step {
  readonly wavu: Place;
  /** Steps of ours below this one. */
  readonly depth: number;
  /** Something stands over the place, and goes with one step back. */
  readonly isSheet: boolean;
}

interface Sheet {
  depth: number;
  close(): void;
}

const home: Step = { wavu: { tab: 'rooms', room: null }, depth: 0, isSheet: false };
const listeners = new Set<() => void>();
let place: Place = home.wavu;
/** Of the step the browser is at. */
let depth = 0;
let sheets: readonly Sheet[] = [];
/** A step back of our own is under way: until it is done, nothing may be written over where we still are. */
let isGoingBack = false;
let later: (() => void)[] = [];

/** Takes the place the history remembers, and follows Back and Forward from now on. */
export function openPlace(): void {
  addEventListener('popstate', (event) => landed(remembered(event.state)));
  landed(remembered(history.state));
}

export function usePlace(): Place {
  return useSyncExternalStore(listen, () => place);
}

export function go(next: Place): void {
  if (same(next, place)) return;
  // Asked once more where it is answered: no further step back.
  if (next.tab === 'mesh' && place.tab === 'mesh') return replacePlace(next);
  place = next;
  write(() => push(false));
  tell();
}

/** The place is gone or was only a stop on the way. */
export function replacePlace(next: Place): void {
  place = next;
  write(() => history.replaceState({ wavu: place, depth, isSheet: false } satisfies Step, ''));
  tell();
}

/** One step back when it was one of ours, else to the list. */
export function goBack(): void {
  if (depth > 0) history.back();
  else replacePlace(home.wavu);
}

/** Something stands over the place from now on: Back closes it, and leaves the place. Answers how to say that it is closed. */
export function openSheet(close: () => void): () => void {
  const sheet: Sheet = { depth: 0, close };
  let isOpen = true;
  write(() => {
    if (!isOpen) return;
    push(true);
    sheet.depth = depth;
    sheets = [...sheets, sheet];
  });
  return () => {
    isOpen = false;
    const wasThere = sheets.includes(sheet);
    sheets = sheets.filter((one) => one !== sheet);
    if (wasThere && sheet.depth === depth) stepBack();
  };
}

function push(isSheet: boolean): void {
  depth += 1;
  history.pushState({ wavu: place, depth, isSheet } satisfies Step, '');
}

function write(run: () => void): void {
  if (isGoingBack) later.push(run);
  else run();
}

function stepBack(): void {
  if (isGoingBack) return;
  isGoingBack = true;
  history.back();
}

function landed(step: Step): void {
  isGoingBack = false;
  depth = step.depth;
  const above = sheets.filter((sheet) => sheet.depth > depth);
  sheets = sheets.filter((sheet) => sheet.depth <= depth);
  for (const sheet of above.toReversed()) sheet.close();
  // Whoever went on meanwhile is there already.
  if (later.length === 0) place = step.wavu;
  // What stood here is closed, or was open before a reload.
  if (step.isSheet && !sheets.some((sheet) => sheet.depth === depth)) return stepBack();
  const waiting = later;
  later = [];
  for (const run of waiting) run();
  tell();
}

function same(next: Place, now: Place): boolean {
  if (next.tab === 'rooms' && now.tab === 'rooms') return next.room === now.room;
  return next.tab === now.tab && !(next.tab === 'mesh' && next.isAsking);
}

/** History may hold anything, also of other versions. */
function remembered(state: unknown): Step {
  if (typeof state !== 'object' || state === null || !('wavu' in state)) return home;
  const { wavu, depth: below, isSheet } = state as { wavu: unknown; depth?: unknown; isSheet?: unknown };
  if (typeof wavu !== 'object' || wavu === null || !('tab' in wavu)) return home;
  const steps = { depth: typeof below === 'number' ? below : 0, isSheet: isSheet === true };
  if (wavu.tab === 'mesh' || wavu.tab === 'you') return { wavu: { tab: wavu.tab }, ...steps };
  const room = 'room' in wavu && typeof wavu.room === 'string' ? (wavu.room as RoomView['id']) : null;
  return { wavu: { tab: 'rooms', room }, ...steps };
}

function tell(): void {
  for (const changed of listeners) changed();
}

function listen(changed: () => void): () => void {
  listeners.add(changed);
  return () => listeners.delete(changed);
}
