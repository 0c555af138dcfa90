/** The compiler knows what exists in the pure rooms, and the type-aware rules really have types. */
import { expect, onTestFinished, test } from 'vitest';
import { createTree } from './lint.ts';
import type { Tree } from './lint.ts';

const absent = [
  'document',
  'window',
  'setTimeout',
  'setInterval',
  'queueMicrotask',
  'performance',
  'crypto',
  'fetch',
  'process',
  'Buffer',
];
const absentToo = ['structuredClone', 'console', 'navigator', 'localStorage', 'indexedDB', 'WebSocket', 'AbortSignal.timeout'];

test('[walls] nothing of a page or of Node exists in the pure rooms', () => {
  const tree = plantedTree();
  const names = [...absent, ...absentToo];
  names.forEach((name, at) => tree.plant(`src/app/planted-${at}.ts`, `export const x: unknown = ${name};\n`));
  const said = tree.compile('tsconfig.pure.json');
  const unnoticed = names.filter((_, at) => !said.includes(`src/app/planted-${at}.ts(1,`));
  expect(unnoticed).toEqual([]);
});

test('[walls] text, bytes and abort exist in the pure rooms', () => {
  const tree = plantedTree();
  tree.plant(
    'src/protocol/planted.ts',
    `export const bytes: Uint8Array = new TextEncoder().encode('x');
export const text: string = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
export const abort: AbortController = new AbortController();
abort.signal.addEventListener('abort', () => abort.abort(), { once: true });
export const both: AbortSignal = AbortSignal.any([abort.signal]);
export const sorted: readonly number[] = [2, 1].toSorted();
`,
  );
  expect(tree.compile('tsconfig.pure.json')).toBe('');
});

test('[style] orphan promises, unsafe values and forgotten cases are named', () => {
  const tree = plantedTree();
  tree.plant('src/app/orphan.ts', 'const later = async (): Promise<void> => {};\nexport const f = (): void => { later(); };\n');
  tree.plant('src/app/unsafe.ts', "export const x: number = JSON.parse('1');\n");
  tree.plant(
    'src/app/forgotten.ts',
    "export function f(x: 'a' | 'b'): void {\n  switch (x) {\n    case 'a':\n      break;\n  }\n}\n",
  );
  tree.plant('src/app/misused.ts', 'declare const yes: () => Promise<boolean>;\nexport const x: number = yes() ? 1 : 2;\n');
  const said = tree.lint();
  expect(said.get('src/app/orphan.ts')?.join()).toContain('no-floating-promises');
  expect(said.get('src/app/unsafe.ts')?.join()).toContain('no-unsafe-assignment');
  expect(said.get('src/app/forgotten.ts')?.join()).toContain('switch-exhaustiveness-check');
  expect(said.get('src/app/misused.ts')?.join()).toContain('no-misused-promises');
});

function plantedTree(): Tree {
  const tree = createTree({ typeAware: true });
  onTestFinished(() => tree.remove());
  return tree;
}
