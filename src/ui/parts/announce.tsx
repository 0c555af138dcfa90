/** Says what happened to those who listen instead of looking. */
import { useEffect, useState } from 'react';
import type { ReactElement } from 'react';

let speak: ((text: string) => void) | null = null;

export function announce(text: string): void {
  speak?.(text);
}

export function Announcer(): ReactElement {
  const [said, setSaid] = useState({ text: '', turn: 0 });
  useEffect(() => {
    speak = (text) => setSaid(({ turn }) => ({ text, turn: turn + 1 }));
    return () => {
      speak = null;
    };
  }, []);
  // Two equal sentences in a row are said twice: each is a new element.
  return (
    <div className="sr" role="log" aria-live="polite">
      <p key={said.turn}>{said.text}</p>
    </div>
  );
}
