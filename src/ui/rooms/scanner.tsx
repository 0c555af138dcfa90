/** Reads a QR code from the camera. */
import { useEffect, useRef, useState } from 'react';
import type { ReactElement } from 'react';
import { openQrReader } from '../parts/read-qr.ts';
import { useAllWords } from '../words/all-words.ts';

export function canScan(): boolean {
  return navigator.mediaDevices !== undefined;
}

const lookEveryMs = 150;

export interface ScannerProps {
  readonly onText: (text: string) => void;
  /** What else there is to do, where there is no camera or it may not be used. */
  readonly refused: string;
}

export function Scanner({ onText, refused: says }: ScannerProps): ReactElement {
  const { w } = useAllWords();
  const video = useRef<HTMLVideoElement>(null);
  const [refused, setRefused] = useState(false);

  useEffect(() => {
    const over = new AbortController();
    const shown = video.current;
    if (shown)
      scan(shown, over.signal).then(
        (text) => text !== null && onText(text),
        () => setRefused(!over.signal.aborted),
      );
    return () => over.abort();
  }, [onText]);

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

/** The first text a code holds; null when it was called off. The camera is off again afterwards. */
async function scan(video: HTMLVideoElement, signal: AbortSignal): Promise<string | null> {
  const [stream, read] = await Promise.all([
    navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment', width: { ideal: 1_280 } } }),
    openQrReader(),
  ]);
  try {
    video.srcObject = stream;
    await video.play();
    while (!signal.aborted) {
      const text = await read(video);
      if (text !== null) return signal.aborted ? null : text;
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    }
    return null;
  } finally {
    video.srcObject = null;
    for (const track of stream.getTracks()) track.stop();
  }
}
