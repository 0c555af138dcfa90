/** The code in a file: a picture of a QR code, or a text somebody saved. */
import { openQrReader } from '../parts/read-qr.ts';

/** Null: there is none in it. */
export async function readFile(file: Blob): Promise<string | null> {
  if (!file.type.startsWith('image/')) return file.size > mostBytes ? null : file.text();
  try {
    const picture = await createImageBitmap(file);
    const read = await openQrReader();
    const text = await read(picture);
    picture.close();
    return text;
  } catch {
    return null;
  }
}

/** Many times what a code takes. */
const mostBytes = 20_000;
