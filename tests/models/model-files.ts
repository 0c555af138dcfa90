/** Reads a model's folder as it lies in the project. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Card {
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly inputs: readonly { readonly name: string; readonly unit: string; readonly least: number; readonly most: number }[];
  readonly licence: string;
}

export interface Golden {
  readonly rows: readonly (readonly number[])[];
  readonly scores: readonly number[];
}

export interface ModelFiles {
  readonly graph: Uint8Array<ArrayBuffer>;
  readonly card: Card;
  readonly golden: Golden;
}

export function readModel(name: string): ModelFiles {
  const folder = join(import.meta.dirname, '../../models', name);
  const json = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'));
  return {
    graph: Uint8Array.from(readFileSync(join(folder, 'model.onnx'))),
    card: json('card.json') as Card,
    golden: json('golden.json') as Golden,
  };
}

export const inOneRow = (rows: readonly (readonly number[])[]): Float32Array => Float32Array.from(rows.flat());
