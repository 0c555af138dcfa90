/** Reads a QR code from the camera, where the browser itself can. */
import { useEffect, useRef, useState } from 'react';
import type { ReactElement } from 'react';
import { useAllWords } from '../words/all-words.ts';

interface Detector {
  detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>;
}
type DetectorMaker = new (options: { readonly formats: readonly string[] }) => Detector;

declare global {
  var BarcodeDetector: DetectorMaker | undefined;
}

export function canScan(): boolean {
  return globalThis.BarcodeDetector !== undefined && navigator.mediaDevices !== undefined;
}

const lookEveryMs = 150;

export function Scanner({ onText }: { readonly onText: (text: string) => void }): ReactElement {
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
        {w.join.scanRefused}
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
  const { BarcodeDetector } = globalThis;
  if (!BarcodeDetector) return null;
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
  try {
    const detector = new BarcodeDetector({ formats: ['qr_code'] });
    video.srcObject = stream;
    await video.play();
    while (!signal.aborted) {
      const [code] = await detector.detect(video);
      if (code) return code.rawValue;
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    }
    return null;
  } finally {
    video.srcObject = null;
    for (const track of stream.getTracks()) track.stop();
  }
}
