/** Where the person is: kept in the browser's history, so that Back works, and never in the address. */
import { useSyncExternalStore } from 'react';
import type { RoomView } from '../../app/view.ts';

export type Place =
  | { readonly tab: 'rooms'; readonly room: RoomView['id'] | null }
  | { readonly tab: 'mesh' }
  | { readonly tab: 'you' };

export type Tab = Place['tab'];

interface Step {
  readonly wavu: Place;
  /** Steps of ours below this one. */
  readonly depth: number;
}

const home: Step = { wavu: { tab: 'rooms', room: null }, depth: 0 };
const listeners = new Set<() => void>();
let step: Step = home;

/** Takes the place the history remembers, and follows Back and Forward from now on. */
export function openPlace(): void {
  step = remembered(history.state);
  addEventListener('popstate', (event) => {
    step = remembered(event.state);
    tell();
  });
}

export function usePlace(): Place {
  return useSyncExternalStore(listen, () => step.wavu);
}

export function go(place: Place): void {
  if (same(place, step.wavu)) return;
  step = { wavu: place, depth: step.depth + 1 };
  history.pushState(step, '');
  tell();
}

/** The place is gone or was only a stop on the way. */
export function replacePlace(place: Place): void {
  step = { wavu: place, depth: step.depth };
  history.replaceState(step, '');
  tell();
}

/** One step back when it was one of ours, else to the list. */
export function goBack(): void {
  if (step.depth > 0) history.back();
  else replacePlace(home.wavu);
}

function same(a: Place, b: Place): boolean {
  return a.tab === b.tab && (a.tab !== 'rooms' || b.tab !== 'rooms' || a.room === b.room);
}

/** History may hold anything, also of other versions. */
function remembered(state: unknown): Step {
  if (typeof state !== 'object' || state === null || !('wavu' in state)) return home;
  const { wavu, depth } = state as { wavu: unknown; depth?: unknown };
  if (typeof wavu !== 'object' || wavu === null || !('tab' in wavu)) return home;
  const steps = typeof depth === 'number' ? depth : 0;
  if (wavu.tab === 'mesh' || wavu.tab === 'you') return { wavu: { tab: wavu.tab }, depth: steps };
  const room = 'room' in wavu && typeof wavu.room === 'string' ? (wavu.room as RoomView['id']) : null;
  return { wavu: { tab: 'rooms', room }, depth: steps };
}

function tell(): void {
  for (const changed of listeners) changed();
}

function listen(changed: () => void): () => void {
  listeners.add(changed);
  return () => listeners.delete(changed);
}
