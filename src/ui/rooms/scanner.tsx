/** Reads a QR code from the camera. */
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import type { ReactElement } from 'react';
import { openQrReader } from '../parts/read-qr.ts';
import { useAllWords } from '../words/all-words.ts';

export function canScan(): boolean {
  return navigator.mediaDevices !== undefined;
}

const lookEveryMs = 150;

export interface ScannerProps {
  /** Of each code that comes in sight, for as long as this is shown; once in a row. */
  readonly onText: (text: string) => void;
  /** What else there is to do, where there is no camera or it may not be used. */
  readonly refused: string;
}

export function Scanner({ onText, refused: says }: ScannerProps): ReactElement {
  const { w } = useAllWords();
  const video = useRef<HTMLVideoElement>(null);
  const [refused, setRefused] = useState(false);

  // Whoever shows this draws anew with each letter typed beside it; the camera stays open.
  const found = useEffectEvent(onText);
  useEffect(() => {
    const over = new AbortController();
    const shown = video.current;
    if (shown) scan(shown, (text) => found(text), over.signal).catch(() => setRefused(!over.signal.aborted));
    return () => over.abort();
  }, []);

  if (refused)
    return (
      <p className="error" role="alert">
        {says}
      </p>
    );
  return (
    <div className="scanner">
      <video ref={video} muted playsInline aria-label={w.join.scanning} />
      <p className="quiet small">{w.join.scanHint}</p>
    </div>
  );
}

/** Tells of each code that comes in sight, once in a row, until called off; then the camera is off at once. */
async function scan(video: HTMLVideoElement, found: (text: string) => void, signal: AbortSignal): Promise<void> {
  // First, so that no camera is on that nobody looks through.
  const read = await openQrReader();
  if (signal.aborted) return;
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment', width: { ideal: 1_280 } } });
  const off = (): void => {
    video.srcObject = null;
    for (const track of stream.getTracks()) track.stop();
  };
  // Called off while the browser asked.
  if (signal.aborted) return off();
  signal.addEventListener('abort', off);
  try {
    video.srcObject = stream;
    await video.play();
    let before: string | null = null;
    while (!signal.aborted) {
      const text = await read(video);
      if (signal.aborted) return;
      if (text !== null && text !== before) found((before = text));
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    }
  } finally {
    off();
  }
}
