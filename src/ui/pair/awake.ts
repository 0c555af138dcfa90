/** Keeps the screen lit while a code is shown on it. */
import { useEffect } from 'react';

export function useAwake(): void {
  useEffect(() => {
    // Not everywhere, and not while hidden: then the screen goes dark as ever.
    const asked = navigator.wakeLock?.request('screen').catch(() => null);
    return () => void asked?.then((lock) => lock?.release());
  }, []);
}
