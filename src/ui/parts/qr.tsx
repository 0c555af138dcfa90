/** A QR code: black on white in any theme, with the light edge that readers need. */
import { encodeQR } from 'qr';
import { useMemo } from 'react';
import type { ReactElement } from 'react';
import { spoken } from './spoken.ts';

export interface QrCodeProps {
  readonly text: string;
  readonly label: string;
  /** As much repair as a code of version 15 holds: for cracked and dirty screens. */
  readonly sturdy?: boolean;
}

export function QrCode({ text, label, sturdy = false }: QrCodeProps): ReactElement {
  const { size, path } = useMemo(() => drawn(sturdy ? sturdiest(text) : encode(text, 'medium')), [text, sturdy]);
  return (
    <svg className="qr" viewBox={`0 0 ${size} ${size}`} {...spoken(label)} shapeRendering="crispEdges">
      <path d={path} />
    </svg>
  );
}

type Rows = readonly (readonly boolean[])[];
type Repair = 'low' | 'medium' | 'quartile';

const edge = 4;
/** Larger ones are too fine for a hand-held camera. */
const largest = 17 + 4 * 15 + 2 * edge;

const encode = (text: string, ecc: Repair): Rows => encodeQR(text, 'raw', { border: edge, ecc });

function sturdiest(text: string): Rows {
  for (const repair of ['quartile', 'medium'] as const) {
    const rows = encode(text, repair);
    if (rows.length <= largest) return rows;
  }
  return encode(text, 'low');
}

/** One square per dark module. */
function drawn(rows: Rows): { readonly size: number; readonly path: string } {
  let path = '';
  rows.forEach((row, y) => row.forEach((dark, x) => (path += dark ? `M${x} ${y}h1v1h-1z` : '')));
  return { size: rows.length, path };
}
