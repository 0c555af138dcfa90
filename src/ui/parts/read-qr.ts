/** Reads a QR code from a picture or a camera: by the browser where it can, else by a reader of our own, fetched then. */

interface Detector {
  detect(source: ImageBitmap | HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>;
}
interface DetectorMaker {
  new (options: { readonly formats: readonly string[] }): Detector;
  getSupportedFormats(): Promise<readonly string[]>;
}

declare global {
  var BarcodeDetector: DetectorMaker | undefined;
}

/** The text of a code in it; null: none was seen. */
export type ReadQr = (source: ImageBitmap | HTMLVideoElement) => Promise<string | null>;

export async function openQrReader(): Promise<ReadQr> {
  const { BarcodeDetector } = globalThis;
  const formats = await BarcodeDetector?.getSupportedFormats().catch((): readonly string[] => []);
  if (BarcodeDetector === undefined || formats?.includes('qr_code') !== true) return await openOwnReader();
  const detector = new BarcodeDetector({ formats: ['qr_code'] });
  return async (source) => (await detector.detect(source))[0]?.rawValue ?? null;
}

async function openOwnReader(): Promise<ReadQr> {
  const { decodeQR } = await import('qr/decode.js');
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  return async (source) => {
    const [width, height] = 'videoWidth' in source ? [source.videoWidth, source.videoHeight] : [source.width, source.height];
    if (context === null || width === 0 || height === 0) return null;
    const scale = Math.min(1, mostPixels / Math.max(width, height));
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    context.drawImage(source, 0, 0, canvas.width, canvas.height);
    try {
      return decodeQR(context.getImageData(0, 0, canvas.width, canvas.height));
    } catch {
      return null;
    }
  };
}

/** Of the longer side: enough for 85 modules, and little enough to look several times a second. */
const mostPixels = 1_280;
