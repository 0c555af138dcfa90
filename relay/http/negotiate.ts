/** Chooses the smallest spelling of a file that the asker can read, and knows when it has it already; and what else an asker wants. */
import type { AppFile } from './app-files.ts';

export interface Chosen {
  readonly coding: 'br' | 'gzip' | null;
  readonly body: Uint8Array;
  readonly etag: string;
}

export function choose(file: AppFile, acceptEncoding: string): Chosen {
  const weights = weightsOf(acceptEncoding);
  const takes = (coding: string): boolean => (weights.get(coding) ?? weights.get('*') ?? 0) > 0;
  if (file.br !== null && takes('br')) return { coding: 'br', body: file.br, etag: `"${file.hash}-br"` };
  if (file.gzip !== null && takes('gzip')) return { coding: 'gzip', body: file.gzip, etag: `"${file.hash}-gz"` };
  return { coding: null, body: file.plain, etag: `"${file.hash}"` };
}

/** `If-None-Match` compares weakly: W/ makes no difference. */
export const hasAlready = (ifNoneMatch: string, etag: string): boolean =>
  ifNoneMatch.split(',').some((each) => each.trim() === '*' || each.trim().replace(/^W\//, '') === etag);

/** What an `Accept-…` header wants, by its own order; 0 or nonsense: not at all. */
export function weightsOf(header: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const part of header.toLowerCase().split(',')) {
    const [name = '', ...params] = part.split(';').map((each) => each.trim());
    const weight = params.find((each) => each.startsWith('q='))?.slice(2);
    weights.set(name, weight === undefined ? 1 : Number(weight));
  }
  return weights;
}
