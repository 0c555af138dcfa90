/** One request in, one answer out: the page, the card, the numbers, or the doorstep. */
import type { IncomingHttpHeaders } from 'node:http';
import { encodeRelayCard, relayCardPath } from '../../src/protocol/relay-card.ts';
import { relayOfferPath } from '../../src/protocol/relay-by-hand.ts';
import type { AccessCard, SquareCard } from '../../src/protocol/relay-card.ts';
import { authorityPath } from '../lan-authority.ts';
import type { LanDoor } from '../lan-door.ts';
import type { AppFile, AppFiles } from './app-files.ts';
import { forInsecure, securityHeaders, strictTransport } from './headers.ts';
import type { Headers } from './headers.ts';
import { isThisMachine, webSocketDoor } from './host.ts';
import type { Host } from './host.ts';
import { metricsText } from './metrics.ts';
import { choose, hasAlready } from './negotiate.ts';
import { distanceOf } from './remote.ts';
import type { Distance } from './remote.ts';

export interface Asked {
  readonly method: string;
  /** As it stood in the request line. */
  readonly target: string;
  /** Null: absent, or nothing a browser would send. */
  readonly host: Host | null;
  readonly remoteAddress: string;
  /** We ended the TLS of this connection. */
  readonly isTls: boolean;
  /** A proxy we were told to believe says it ended one. */
  readonly isTlsBefore: boolean;
  readonly headers: IncomingHttpHeaders;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array | string;
}

export interface Answering {
  readonly app: AppFiles;
  /** What the card says of the app. */
  readonly build: string;
  readonly peerId: string;
  /** Multiaddrs of the doors beside the WebSocket. */
  readonly otherDoors: () => readonly string[];
  /** Of relays that form one mesh with us, those that stand. */
  readonly sisters: () => readonly string[];
  readonly square: SquareCard | null;
  /** Null: everybody may come in. */
  readonly access: () => AccessCard | null;
  readonly counts: () => Readonly<Record<string, number>>;
  readonly isHealthy: () => boolean;
  /** Our TLS is by an authority of our own; null: by a certificate of the host's, or there is none. */
  readonly house: Pick<LanDoor, 'authority'> | null;
  /** Called for plain HTTP from elsewhere. */
  readonly doorstep: (asked: Asked, host: Host) => Answer;
  /** At every door: answers an offer that was carried here by hand. */
  readonly pair: (asked: Asked, host: Host) => Answer;
}

export type Respond = (asked: Asked) => Answer;

export function createAnswers(world: Answering): Respond {
  const respond = (asked: Asked): Answer => {
    const path = asked.target.split('?', 1)[0] ?? '';
    if (asked.method !== 'GET' && asked.method !== 'HEAD') return plain(405, 'Only GET and HEAD.\n', { allow: 'GET, HEAD' });
    if (asked.host === null) return plain(400, 'This Host header names no host.\n');
    if (path === '/healthz') return world.isHealthy() ? plain(200, 'ok\n') : plain(503, 'closing\n');
    if (path === '/metrics') return isNear(asked) ? metrics(world) : notFound;
    if (path === authorityPath) return authority(world, asked);
    if (path === relayOfferPath) return world.pair(asked, asked.host);
    if (path === relayCardPath) return card(world, asked, asked.host);
    // Its style is that of the page for offers as well.
    if (path === stylePath) return world.doorstep(asked, asked.host);
    if (!asked.isTls && !asked.isTlsBefore && !isThisMachine(asked.host)) return world.doorstep(asked, asked.host);
    const file = world.app.byPath.get(path);
    return file === undefined ? notFound : page(file, asked);
  };
  return (asked) => {
    const answer = respond(asked);
    const isHere = asked.host !== null && isThisMachine(asked.host);
    // Under a name of the house live others, such as a printer's page: no HSTS over them.
    const isStrict = asked.isTls && asked.host !== null && !isHere && world.house === null;
    if (isStrict) return { ...answer, headers: { ...answer.headers, ...strictTransport } };
    return asked.isTls || asked.isTlsBefore || isHere ? answer : { ...answer, headers: forInsecure(answer.headers) };
  };
}

export const stylePath = '/doorstep.css';

export const plain = (status: number, text: string, more: Headers = {}): Answer => ({
  status,
  headers: { ...securityHeaders('plain'), 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', ...more },
  body: text,
});

export const notFound: Answer = plain(404, 'There is nothing here.\n');

function page(file: AppFile, asked: Asked): Answer {
  const chosen = choose(file, asked.headers['accept-encoding'] ?? '');
  const headers = {
    ...securityHeaders('app'),
    'cache-control': file.isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag: chosen.etag,
    vary: 'accept-encoding',
  };
  if (hasAlready(asked.headers['if-none-match'] ?? '', chosen.etag)) return { status: 304, headers, body: '' };
  const coding = chosen.coding === null ? {} : { 'content-encoding': chosen.coding };
  return { status: 200, headers: { ...headers, 'content-type': file.type, ...coding }, body: chosen.body };
}

/** Made anew for each asker: it names the door the asker stands at. */
function card(world: Answering, asked: Asked, host: Host): Answer {
  const isSecure = asked.isTls || asked.isTlsBefore;
  const from = fromWhere(asked);
  const addresses = [
    `${webSocketDoor(host, isSecure)}/p2p/${world.peerId}`,
    ...world.otherDoors().filter((address) => isReachable(address, from)),
  ];
  const text = encodeRelayCard({
    build: world.build,
    relay: { peerId: world.peerId, addresses },
    sisters: world.sisters().filter((address) => isReachable(address, from)),
    square: world.square,
    access: world.access(),
  });
  // For our own pages alone: it holds the Square's key, and any site open in a browser of this house could ask.
  return plain(200, text, { 'content-type': 'application/json', 'cache-control': 'no-cache' });
}

/** The relay's own, for people to trust. */
const authority = ({ house }: Answering, asked: Asked): Answer =>
  house === null || !isNear(asked)
    ? notFound
    : { ...plain(200, '', { 'content-type': 'application/x-x509-ca-cert' }), body: house.authority.der };

const metrics = (world: Answering): Answer =>
  plain(200, metricsText(world.counts()), { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });

/** Of the host's own network: only that hears numbers about people, and of the house's certificates. */
export const isNear = (asked: Asked): boolean => !isForwarded(asked) && distanceOf(asked.remoteAddress) !== 'anywhere';

export const fromWhere = (asked: Asked): Distance => (isForwarded(asked) ? 'anywhere' : distanceOf(asked.remoteAddress));

const isForwarded = (asked: Asked): boolean =>
  ['forwarded', 'x-forwarded-for', 'x-forwarded-proto', 'x-real-ip'].some((name) => asked.headers[name] !== undefined);

/** An address of this house is no use outside, and nobody's business there. */
export function isReachable(address: string, from: Distance): boolean {
  const at = /^\/ip[46]\/([^/]+)\//.exec(address)?.[1];
  if (at === undefined) return true;
  const where = distanceOf(at);
  return where === 'anywhere' || from === 'this-machine' || (where === 'neighbourhood' && from === 'neighbourhood');
}
