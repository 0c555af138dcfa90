/** Every wall between rooms is tried: what is forbidden is named, what is allowed passes. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTree } from './lint.ts';
import type { Tree } from './lint.ts';

interface Row {
  readonly room: string;
  readonly what: string;
  readonly line: string;
}

const app = 'src/app/delivery';
const idb = 'src/adapters/idb';

const forbiddenImports: readonly Row[] = [
  ...[
    '../ports/clock.ts',
    '../adapters/memory/x.ts',
    '../dht/table.ts',
    '../app/app.ts',
    '../ui/x.ts',
    '../workers/x.ts',
    '../../relay/x.ts',
  ].map(from('src/protocol')),
  ...['react', 'node:crypto', 'libp2p', '@libp2p/crypto', '../../tests/x.ts', '../main.tsx'].map(from('src/protocol')),
  ...['../protocol/limits.ts', './other.ts', 'react', '../app/app.ts', '../adapters/memory/x.ts'].map(from('src/ports')),
  typeFrom('src/ports', '../app/app.ts'),
  ...['../../app/app.ts', '../../ui/x.ts', '../libp2p/x.ts', '../memory/x.ts', 'react', 'libp2p', 'node:fs', '../../mesh.ts'].map(
    from(idb),
  ),
  ...['../idb/x.ts', 'idb', 'node:fs', '../../app/app.ts', '../../workers/x.ts'].map(from('src/adapters/libp2p')),
  ...['../idb/x.ts', 'libp2p', '../../ui/x.ts'].map(from('src/adapters/sqlite')),
  ...['../webcrypto/x.ts', 'libp2p', '../../../relay/x.ts'].map(from('src/adapters/node-crypto')),
  ...['../node-crypto/x.ts', 'node:crypto', '../../app/app.ts'].map(from('src/adapters/webcrypto')),
  ...['../idb/x.ts', 'react', '../../ui/x.ts'].map(from('src/adapters/web')),
  ...['../idb/x.ts', 'node:fs', '../../app/app.ts'].map(from('src/adapters/memory')),
  ...['../idb/x.ts', 'libp2p'].map(from('src/adapters/ort')),
  ...['../app/app.ts', '../ui/x.ts', '../adapters/idb/x.ts', 'react', 'node:fs', '../main.tsx'].map(from('src/workers')),
  ...['../../adapters/memory/x.ts', '../../ui/x.ts', '../../workers/x.ts', '../../../relay/x.ts', '../../../tests/x.ts'].map(
    from(app),
  ),
  ...['react', 'node:fs', '@noble/hashes/sha2.js', 'idb', '../../main.tsx', '../../headless.ts'].map(from(app)),
  ...['../app/app.ts', '../adapters/memory/x.ts', '../ui/x.ts', '../../relay/x.ts', '@noble/hashes/sha2.js', 'node:fs'].map(
    from('src/dht'),
  ),
  ...['../../dht/table.ts'].flatMap((path) => [from(idb)(path), from('src/ui/rooms')(path)]),
  ...[
    '../../protocol/ids.ts',
    '../../ports/clock.ts',
    '../../adapters/web/x.ts',
    '../../workers/x.ts',
    'idb',
    '../../mesh.ts',
  ].map(from('src/ui/rooms')),
  typeFrom('src/ui/rooms', '../../protocol/ids.ts'),
  ...[
    '../src/app/app.ts',
    '../src/ui/x.ts',
    '../src/adapters/idb/x.ts',
    '../src/adapters/memory/x.ts',
    'react',
    '../src/main.tsx',
  ].map(from('relay')),
  ...['../tests/x.ts', '../relay/x.ts'].map(from('src')),
  code('src/app/rooms', "export const later = (): Promise<unknown> => import('../../adapters/idb/x.ts');"),
  code('src/app/rooms', "export { x } from '../../adapters/idb/x.ts';"),
];

const allowedImports: readonly Row[] = [
  ...['./limits.ts', '@noble/hashes/sha2.js', '../protocol/limits.ts'].map(from('src/protocol')),
  typeFrom('src/ports', '../protocol/ids.ts'),
  typeFrom('src/ports', './clock.ts'),
  ...['../../ports/clock.ts', '../../protocol/limits.ts', './commits.ts', 'idb'].map(from(idb)),
  ...['libp2p', '@libp2p/webrtc', '@multiformats/multiaddr', '../../protocol/meet.ts'].map(from('src/adapters/libp2p')),
  ...['node:sqlite', '../../ports/storage.ts'].map(from('src/adapters/sqlite')),
  ...['node:crypto', '@noble/ciphers/aes.js'].map(from('src/adapters/node-crypto')),
  ...['@noble/ciphers/aes.js', '../../ports/entropy.ts'].map(from('src/adapters/webcrypto')),
  ...['../../ports/log.ts', '../../protocol/limits.ts'].map(from('src/adapters/web')),
  ...['../../ports/network.ts', './clock.ts'].map(from('src/adapters/memory')),
  ...['../ports/clock.ts', '../protocol/limits.ts', 'workbox-core', 'onnxruntime-web/wasm'].map(from('src/workers')),
  ...['../../protocol/limits.ts', '../../ports/clock.ts', '../rooms/room.ts', './outbox.ts'].map(from(app)),
  ...['../protocol/limits.ts', '../ports/clock.ts', './table.ts'].map(from('src/dht')),
  ...['react', 'virtua', 'qr', '../../app/app.ts', '../words/words.ts', 'react-dom/client'].map(from('src/ui/rooms')),
  ...[
    '../src/protocol/meet.ts',
    '../src/ports/clock.ts',
    '../src/adapters/libp2p/x.ts',
    '../src/adapters/sqlite/x.ts',
    '../src/dht/directory.ts',
    'node:http',
    'ws',
  ].map(from('relay')),
  ...['./adapters/idb/x.ts', './app/app.ts', './ui/x.ts', 'react-dom/client'].map(from('src')),
  ...['../../src/app/app.ts', '../../src/adapters/memory/x.ts', 'vitest', 'node:fs'].map(from('tests/app')),
];

const pureRooms = ['src/protocol', 'src/app/rooms', 'src/dht'];
const bannedGlobals: readonly string[] = [
  ...[
    'Date.now()',
    'new Date(0)',
    'Math.random()',
    'crypto.subtle',
    'performance.now()',
    'setTimeout(f, 1)',
    'setInterval(f, 1)',
    'queueMicrotask(f)',
  ],
  ...[
    'requestAnimationFrame(f)',
    'new WeakRef({})',
    'new FinalizationRegistry(f)',
    "new Intl.Collator('en')",
    '(5).toLocaleString()',
  ],
  ...["'a'.localeCompare('b')", "fetch('/')", 'navigator.onLine', 'document.title', 'window.name', "localStorage.getItem('x')"],
  ...['indexedDB.databases()', 'globalThis', 'process.pid', 'AbortSignal.timeout(1)', "console.log('x')"],
];

const forbidden = [...forbiddenImports, ...pureRooms.flatMap((room) => bannedGlobals.map((use) => useOf(room, use)))];
const forbiddenOnlyInProtocol: readonly Row[] = [
  code('src/protocol', 'export const x = Promise.resolve(1);'),
  code('src/protocol', 'export async function x(): Promise<void> {}'),
];
const allowedGlobals: readonly Row[] = [
  code('src/app/rooms', 'export async function x(): Promise<void> {}'),
  useOf('src/app/rooms', 'new TextEncoder().encode()'),
  useOf('src/protocol', 'Math.floor(1.5)'),
  useOf('src/adapters/web', 'performance.now()'),
  useOf('src/ui/rooms', "new Intl.DateTimeFormat('en')"),
  useOf('relay', 'Date.now()'),
];

let tree: Tree;
let said: ReadonlyMap<string, readonly string[]>;
const all = [...forbidden, ...forbiddenOnlyInProtocol, ...allowedImports, ...allowedGlobals];
const fileOf = (row: Row): string => `${row.room}/planted-${all.indexOf(row)}.ts`;
const wallRule = /no-restricted-(imports|globals|properties)|no-console|no-async-await/;

beforeAll(() => {
  tree = createTree({ typeAware: false });
  for (const row of all) tree.plant(fileOf(row), `${row.line}\n`);
  tree.plant('src/app/round-one.ts', "import { two } from './round-two.ts';\nexport const one = (): number => two();\n");
  tree.plant('src/app/round-two.ts', "import { one } from './round-one.ts';\nexport const two = (): number => one();\n");
  tree.plant('src/app/nameless.ts', 'const x = 1;\nexport default x;\n');
  tree.plant('src/app/CamelCase.ts', 'export const x = 1;\n');
  tree.plant('src/app/anything.ts', 'export const x: any = 1;\n');
  tree.plant('src/app/as-value.ts', "import { App } from './app.ts';\nexport type X = App;\n");
  tree.plant('src/app/giant.ts', 'export {};\n'.padEnd(400, '\n'));
  said = tree.lint();
});
afterAll(() => tree.remove());

test.each([...forbidden, ...forbiddenOnlyInProtocol])('[walls] $room may not: $what', (row) => {
  expect((said.get(fileOf(row)) ?? []).filter((line) => wallRule.test(line))).not.toEqual([]);
});

test.each([...allowedImports, ...allowedGlobals])('[walls] $room may: $what', (row) => {
  expect(said.get(fileOf(row)) ?? []).toEqual([]);
});

test.each([
  ['src/app/round-one.ts', 'no-cycle'],
  ['src/app/nameless.ts', 'no-default-export'],
  ['src/app/CamelCase.ts', 'filename-case'],
  ['src/app/anything.ts', 'no-explicit-any'],
  ['src/app/as-value.ts', 'consistent-type-imports'],
  ['src/app/giant.ts', 'max-lines'],
])('[style] %s breaks %s', (file, rule) => {
  expect(said.get(file)?.join('\n')).toContain(rule);
});

function from(room: string): (source: string) => Row {
  return (source) => ({ room, what: `import '${source}'`, line: `import { x } from '${source}';\nexport const y = x;` });
}

function typeFrom(room: string, source: string): Row {
  return { room, what: `import a type of '${source}'`, line: `import type { X } from '${source}';\nexport type Y = X;` };
}

function useOf(room: string, what: string): Row {
  return { room, what, line: `export const f = (): void => undefined;\nexport const used = ${what};` };
}

function code(room: string, line: string): Row {
  return { room, what: line, line };
}
