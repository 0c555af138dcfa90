/** The time of the wall, as coarse as what is written on the screen: it moves once a minute. */
import { useSyncExternalStore } from 'react';

const minuteMs = 60_000;

export function useNow(): number {
  return useSyncExternalStore(listen, thisMinute);
}

function thisMinute(): number {
  return Math.floor(Date.now() / minuteMs) * minuteMs;
}

function listen(changed: () => void): () => void {
  const timer = setInterval(changed, minuteMs / 4);
  return () => clearInterval(timer);
}
