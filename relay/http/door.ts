/** The relay's one TCP port: TLS or HTTP by the first byte, capped and impatient; WebSockets are handed on. */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer } from 'node:tls';
import type { Server as TlsServer, TLSSocket } from 'node:tls';
import { codeOf } from '../error-code.ts';
import { plain } from './answer.ts';
import type { Answer, Asked, Respond } from './answer.ts';
import type { Certificate } from './certificate.ts';
import { createCrowd } from './crowd.ts';
import { readHost } from './host.ts';
import { httpLimits } from './http-limits.ts';
import type { HttpLimits } from './http-limits.ts';
import { distanceOf } from './remote.ts';
import { onFirstByte } from './tls-or-http.ts';

export interface DoorWanted {
  readonly port: number;
  readonly host: string;
  readonly certificate: Pick<Certificate, 'cert' | 'key'> | null;
  /** A certificate for this house names its addresses: nobody else's business. */
  readonly tlsFor: 'everybody' | 'neighbours';
  readonly behindProxy: boolean;
  readonly respond: Respond;
  readonly acceptUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  readonly limits?: Partial<HttpLimits>;
}

export interface Door {
  readonly port: number;
  counts(): Readonly<Record<string, number>>;
  /** New connections meet the new certificate; those that stand are left alone. */
  renew(certificate: Pick<Certificate, 'cert' | 'key'>): void;
  /** Takes nobody in any more; who is here stays. */
  shut(): void;
  close(): Promise<void>;
}

export type OpenedDoor = { readonly state: 'open'; readonly door: Door } | { readonly state: 'refused'; readonly code: string };

export async function openDoor(wanted: DoorWanted): Promise<OpenedDoor> {
  const limits: HttpLimits = { ...httpLimits, ...wanted.limits };
  const counts = { requests: 0, upgrades: 0, refused: 0, badRequests: 0 };
  const sockets = new Set<Socket>();
  const crowd = createCrowd(limits);
  let isClosing = false;
  let refusedNow = 0;

  const http = createHttp(limits);
  const serve = takeConnections(http);
  const tls = wanted.certificate === null ? null : createTls(wanted.certificate, limits, serve);

  http.on('connection', (socket: Socket) => {
    socket.on('error', () => socket.destroy());
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    const admission = isClosing ? ({ state: 'refused', why: 'full' } as const) : crowd.enter(socket.remoteAddress ?? '');
    if (admission.state === 'refused') {
      counts.refused += 1;
      if (refusedNow >= limits.refusedAtOnce || isClosing) return void socket.destroy();
      refusedNow += 1;
      socket.once('close', () => (refusedNow -= 1));
      return sayAndClose(socket, plain(503, busyWords[admission.why], { 'retry-after': '30' }));
    }
    socket.once('close', admission.leave);
    socket.setNoDelay(true);
    onFirstByte(socket, limits.firstByteMs, (first) => {
      if (first === 'http') serve(socket);
      else if (first === 'tls' && tls !== null && maySpeakTls(socket, wanted.tlsFor)) tls.emit('connection', socket);
      else socket.destroy();
    });
  });

  // Whoever waits for a "100 Continue" has a body, and nothing here takes one.
  for (const event of ['request', 'checkContinue', 'checkExpectation'] as const) {
    http.on(event, (request: IncomingMessage, response: ServerResponse) => {
      counts.requests += 1;
      send(request, response, wanted.respond(read(request, wanted.behindProxy)));
    });
  }
  http.on('upgrade', (request, socket, head) => {
    if (isClosing || !isWebSocket(request)) return sayAndClose(socket, plain(400, 'Only a WebSocket is an upgrade here.\n'));
    counts.upgrades += 1;
    if ('setTimeout' in socket) (socket as Socket).setTimeout(0);
    wanted.acceptUpgrade(request, socket, head);
  });
  http.on('clientError', (error: Error, socket) => {
    counts.badRequests += 1;
    if (socket.writable && codeOf(error) !== 'ECONNRESET') sayAndClose(socket, clientError(codeOf(error)));
    else socket.destroy();
  });

  const code = await listen(http, wanted.port, wanted.host);
  if (code !== null) return { state: 'refused', code };
  const { port } = http.address() as AddressInfo;
  const closed = new Promise<void>((resolve) => http.once('close', resolve));
  const shut = (): void => {
    if (isClosing) return;
    isClosing = true;
    http.close();
  };
  return {
    state: 'open',
    door: {
      port,
      counts: () => ({ ...counts, connections: crowd.size() }),
      renew: ({ cert, key }) => tls?.setSecureContext({ cert, key, minVersion: 'TLSv1.2' }),
      shut,
      close: () => {
        shut();
        for (const socket of sockets) socket.destroy();
        return closed;
      },
    },
  };
}

const maySpeakTls = (socket: Socket, whom: DoorWanted['tlsFor']): boolean =>
  whom === 'everybody' || distanceOf(socket.remoteAddress ?? '') !== 'anywhere';

const busyWords = {
  full: 'This relay is full. Try again later.\n',
  'too-many-from-there': 'Too many connections come from your address. Close some, or try again later.\n',
} as const;

function createHttp(limits: HttpLimits): Server {
  const http = createServer({
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: limits.checkEveryMs,
    // We refuse it ourselves, with our headers.
    requireHostHeader: false,
    // curl offers h2c with every plain request: such offers are ignored, as HTTP asks.
    shouldUpgradeCallback: isWebSocket,
  });
  http.timeout = limits.silentMs;
  http.maxRequestsPerSocket = limits.requestsPerConnection;
  http.maxHeadersCount = 64;
  return http;
}

/**
 * Takes the listener by which an HTTP server receives its connections, and gives it as a function: we stand before it.
 * The server itself listens, so that its own watch over slow headers and its closing work.
 */
function takeConnections(http: Server): (socket: Socket) => void {
  const [listener] = http.listeners('connection');
  if (listener === undefined) throw new Error('this Node hands connections to HTTP in another way');
  http.removeAllListeners('connection');
  return (socket) => void Reflect.apply(listener, http, [socket]);
}

function createTls(
  { cert, key }: Pick<Certificate, 'cert' | 'key'>,
  limits: HttpLimits,
  serve: (socket: TLSSocket) => void,
): TlsServer {
  const tls = createTlsServer({
    cert,
    key,
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['http/1.1'],
    handshakeTimeout: limits.firstByteMs,
  });
  tls.on('secureConnection', (socket) => {
    socket.on('error', () => socket.destroy());
    serve(socket);
  });
  tls.on('tlsClientError', (_error, socket) => socket.destroy());
  return tls;
}

const isWebSocket = (request: IncomingMessage): boolean =>
  request.method === 'GET' && request.headers.upgrade?.toLowerCase() === 'websocket';

function read(request: IncomingMessage, behindProxy: boolean): Asked {
  const { socket, headers } = request;
  const remoteAddress = socket.remoteAddress ?? '';
  return {
    method: request.method ?? '',
    target: request.url ?? '',
    // Two Hosts are none: a proxy before us may have looked at the other.
    host: hostsIn(request) === 1 ? readHost(headers.host) : null,
    remoteAddress,
    isTls: 'encrypted' in socket,
    // Only a proxy on this machine: anybody can write a header.
    isTlsBefore: behindProxy && headers['x-forwarded-proto'] === 'https' && distanceOf(remoteAddress) === 'this-machine',
    headers,
  };
}

const hostsIn = ({ rawHeaders }: IncomingMessage): number =>
  rawHeaders.filter((each, at) => at % 2 === 0 && each.toLowerCase() === 'host').length;

function send(request: IncomingMessage, response: ServerResponse, { status, headers, body }: Answer): void {
  const length = status === 304 ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  // Nothing here takes a body; whoever sends one is not read to the end.
  const hasBody = request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
  response.writeHead(status, { ...headers, ...length, ...(hasBody ? { connection: 'close' } : {}) });
  if (hasBody) response.once('finish', () => request.socket.destroySoon());
  if (request.method === 'HEAD' || status === 304) response.end();
  else response.end(body);
}

function clientError(code: string | null): Answer {
  if (code === 'HPE_HEADER_OVERFLOW') return plain(431, 'These headers are too long.\n');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return plain(408, 'This request took too long.\n');
  return plain(400, 'This is no HTTP request.\n');
}

/** Where no response object exists. What the other end still sends is read and dropped, so that it hears us. */
function sayAndClose(socket: Duplex, { status, headers, body }: Answer): void {
  const lines = Object.entries({ ...headers, 'content-length': String(Buffer.byteLength(body)), connection: 'close' });
  const head = [`HTTP/1.1 ${status} ${statusWords.get(status) ?? ''}`, ...lines.map(([name, value]) => `${name}: ${value}`)];
  const timer = setTimeout(() => socket.destroy(), 1_000);
  socket.once('close', () => clearTimeout(timer));
  socket.resume();
  socket.end(`${head.join('\r\n')}\r\n\r\n${String(body)}`);
}

const statusWords: ReadonlyMap<number, string> = new Map([
  [400, 'Bad Request'],
  [408, 'Request Timeout'],
  [431, 'Request Header Fields Too Large'],
  [503, 'Service Unavailable'],
]);

/** Null once it listens, or the system's word against it. */
function listen(http: Server, port: number, host: string): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error): void => {
      const code = codeOf(error);
      if (code === null) reject(error);
      else resolve(code);
    };
    http.once('error', failed);
    http.listen({ port, host, exclusive: true }, () => {
      http.off('error', failed);
      resolve(null);
    });
  });
}
