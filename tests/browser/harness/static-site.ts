/** Serves a built folder on 127.0.0.1 with the headers the relay sends, and remembers what was asked of it. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { securityHeaders } from '../../../relay/http/headers.ts';

export interface StaticSite {
  readonly origin: string;
  /** Paths in the order they were asked for. */
  readonly asked: readonly string[];
  /** From now on this folder is what lies here. */
  serve(folder: string): void;
  stop(): Promise<void>;
}

const headers = securityHeaders('app');

const kinds: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

export async function openStaticSite(folder: string, port = 0): Promise<StaticSite> {
  let root = folder;
  const asked: string[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = new URL(request.url ?? '/', 'http://site').pathname;
    asked.push(path);
    if (path === '/.well-known/wavu.json')
      return void response.writeHead(200, { ...headers, 'content-type': 'application/json' }).end('{}');
    const name = normalize(path === '/' ? '/index.html' : path);
    const squeezed = /\bbr\b/.test(request.headers['accept-encoding'] ?? '') ? await readOrNull(join(root, `${name}.br`)) : null;
    const content = squeezed ?? (await readOrNull(join(root, name)));
    if (content === null) return void response.writeHead(404, headers).end();
    response.writeHead(200, {
      ...headers,
      'content-type': kinds[extname(name)] ?? 'application/octet-stream',
      'cache-control': name.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      vary: 'accept-encoding',
      ...(squeezed === null ? {} : { 'content-encoding': 'br' }),
    });
    response.end(content);
  };
  const server = createServer((request, response) => void answer(request, response));
  // No relay lives here: its socket finds nobody.
  server.on('upgrade', (_request, socket: Socket) => socket.resetAndDestroy());
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    serve: (next) => void (root = next),
    stop: () => {
      server.closeAllConnections();
      return new Promise((stopped) => server.close(() => stopped()));
    },
  };
}

const readOrNull = (path: string): Promise<Buffer | null> => readFile(path).catch(() => null);
