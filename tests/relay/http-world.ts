/** What the HTTP tests stand on: a small built page, a door in this process, and a way to ask it anything. */
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { request as askHttp } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request as askHttps } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import { createAnswers } from '../../relay/http/answer.ts';
import type { Answering } from '../../relay/http/answer.ts';
import { loadApp } from '../../relay/http/app-files.ts';
import type { AppFiles } from '../../relay/http/app-files.ts';
import type { Certificate } from '../../relay/http/certificate.ts';
import { createDoorstep } from '../../relay/http/doorstep.ts';
import { createPairPage } from '../../relay/http/pair-page.ts';
import { openDoor } from '../../relay/http/door.ts';
import type { Door } from '../../relay/http/door.ts';
import type { LanDoor } from '../../relay/lan-door.ts';
import type { HttpLimits } from '../../relay/http/http-limits.ts';

export const peerId = '12D3KooWA3aq4sfQPNRUy1XLS5W238nULLLebA5kpi22BXFD4kgB';
export const appScript: string = `console.log('the app');\n${'// padding\n'.repeat(200)}`;
/** Every path the fixture page has, but `/`. */
export const appPaths: readonly string[] = [
  '/index.html',
  '/assets/app-4f1a.js',
  '/assets/style-77aa.css',
  '/service-worker.js',
  '/manifest.webmanifest',
];

export function freshFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'wavu-relay-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A built page as the build lays it down. */
export function writeApp(folder: string): string {
  const write = (name: string, text: string): void => {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  write('index.html', '<!doctype html><title>Wavu</title><script type="module" src="/assets/app-4f1a.js"></script>');
  write('assets/app-4f1a.js', appScript);
  write('assets/style-77aa.css', 'body { margin: 0 }');
  write('service-worker.js', 'self.addEventListener("fetch", () => {});');
  write('manifest.webmanifest', '{"name":"Wavu"}');
  write('.vite/manifest.json', '{"secret":"of the build"}');
  writeFileSync(path.join(folder, 'assets/app-4f1a.js.br'), brotliCompressSync(appScript));
  writeFileSync(path.join(folder, 'assets/app-4f1a.js.gz'), gzipSync(appScript));
  return folder;
}

export function readApp(): AppFiles {
  const loaded = loadApp(writeApp(freshFolder()));
  if (loaded.state === 'refused') throw new Error(loaded.lines.join(' '));
  return loaded.files;
}

export interface TestDoor {
  readonly door: Door;
  readonly upgrades: { readonly url: string; readonly socket: Duplex }[];
}

export async function openTestDoor(
  wanted: {
    readonly certificate?: Certificate;
    readonly behindProxy?: boolean;
    readonly house?: LanDoor;
    readonly doors?: readonly string[];
    readonly limits?: Partial<HttpLimits>;
    readonly world?: Partial<Answering>;
    readonly acceptUpgrade?: (request: IncomingMessage, socket: Duplex) => void;
  } = {},
): Promise<TestDoor> {
  const { certificate = null, behindProxy = false, house = null } = wanted;
  const upgrades: { url: string; socket: Duplex }[] = [];
  const respond = createAnswers({
    app: readApp(),
    build: '0.1.0+test',
    peerId,
    otherDoors: () => [],
    sisters: () => [],
    access: () => null,
    square: { topic: 'wavu/square/1/00', openSecret: new Uint8Array(32).fill(7) },
    counts: () => ({ http_requests: 3 }),
    isHealthy: () => true,
    house,
    doorstep: createDoorstep({
      otherDoors: () => wanted.doors ?? [],
      certificate: () => certificate,
      house,
      behindProxy,
      servesThisMachine: true,
      port: () => 8470,
    }),
    pair: createPairPage({ answerOffer: () => 'off', otherDoors: () => [] }),
    ...wanted.world,
  });
  const opened = await openDoor({
    port: 0,
    host: '127.0.0.1',
    certificate: certificate ?? house?.leaf() ?? null,
    tlsFor: house === null ? 'everybody' : 'neighbours',
    behindProxy,
    respond,
    acceptUpgrade: (request, socket) => {
      upgrades.push({ url: request.url ?? '', socket });
      if (wanted.acceptUpgrade === undefined) socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\nhanded on');
      else wanted.acceptUpgrade(request, socket);
    },
    ...(wanted.limits === undefined ? {} : { limits: wanted.limits }),
  });
  if (opened.state === 'refused') throw new Error(opened.code);
  onTestFinished(() => opened.door.close());
  return { door: opened.door, upgrades };
}

export interface Told {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
}

export interface Question {
  readonly port: number;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly tls?: boolean;
  readonly body?: string;
}

/** One request on a connection of its own, its Host header free to choose. */
export function ask({ port, path: asked = '/', method = 'GET', headers = {}, tls = false, body }: Question): Promise<Told> {
  return new Promise((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port,
      path: asked,
      method,
      agent: false,
      headers: { host: `localhost:${port}`, ...headers },
    };
    const answered = (response: IncomingMessage): void => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        const whole = Buffer.concat(parts);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: whole, text: whole.toString() });
      });
      response.on('error', reject);
    };
    const asking = tls ? askHttps({ ...options, rejectUnauthorized: false }, answered) : askHttp(options, answered);
    asking.on('error', reject);
    asking.end(body);
  });
}
