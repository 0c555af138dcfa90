/** Serves a folder on loopback, cross-origin isolated so that a page's clock is fine-grained. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';

export type Site = {
  readonly origin: string;
  readonly port: number;
  /** For those who hang WebSockets on the same port. */
  readonly server: Server;
  readonly close: () => Promise<void>;
};

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
};

// Without these two `performance.now` steps by 100 µs.
const ISOLATION = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
} as const;

/** `cacheForS` lets a second visit be a warm one. */
export async function serveFolder(folder: string, cacheForS = 3600): Promise<Site> {
  const server = createServer((request, response) => void answer(folder, cacheForS, request, response));
  const port = await listenOnLoopback(server);
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { origin: `http://127.0.0.1:${port}`, port, server, close };
}

/** Listens on a free loopback port and says which. */
export function listenOnLoopback(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('the server has no port'));
      else resolve(address.port);
    });
  });
}

async function answer(folder: string, cacheForS: number, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = pathInside(folder, request.url ?? '/');
  const body = path === undefined ? undefined : await readFile(path).catch(() => undefined);
  if (path === undefined || body === undefined) {
    response.writeHead(404, ISOLATION).end();
    return;
  }
  const type = MEDIA_TYPES[extname(path)] ?? 'application/octet-stream';
  response.writeHead(200, { ...ISOLATION, 'content-type': type, 'cache-control': `max-age=${cacheForS}` }).end(body);
}

function pathInside(folder: string, url: string): string | undefined {
  try {
    const { pathname } = new URL(url, 'http://loopback');
    const path = normalize(join(folder, decodeURIComponent(pathname.endsWith('/') ? `${pathname}index.html` : pathname)));
    return path.startsWith(normalize(folder) + sep) ? path : undefined;
  } catch {
    return undefined;
  }
}
