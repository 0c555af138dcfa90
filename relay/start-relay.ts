/** Opens a relay from its settings, each part on the one before; what was opened is closed again when a later part refuses. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Clock, Stop } from '../src/ports/clock.ts';
import type { Entropy } from '../src/ports/entropy.ts';
import type { Log } from '../src/ports/log.ts';
import { peerIdOfKey } from '../src/adapters/libp2p/thin-bytes.ts';
import { hexToBytes } from '../src/protocol/bytes.ts';
import { deriveDevice } from '../src/protocol/device.ts';
import type { SquareCard } from '../src/protocol/relay-card.ts';
import { deriveRoomKeys } from '../src/protocol/room-keys.ts';
import type { RoomKeys } from '../src/protocol/room-keys.ts';
import { createAccess } from './access.ts';
import { nameHolder, whoAnswersAlready } from './blame.ts';
import { openDataFolder } from './data-folder.ts';
import type { DataFolder } from './data-folder.ts';
import { codeOf } from './error-code.ts';
import { isEverywhere } from './everywhere.ts';
import type { Settings } from './flags.ts';
import type { OwnerLink, Standing } from './greeting.ts';
import { createAnswers } from './http/answer.ts';
import { loadApp } from './http/app-files.ts';
import { readCertificate } from './http/certificate.ts';
import type { Certificate } from './http/certificate.ts';
import { openDoor } from './http/door.ts';
import type { Door } from './http/door.ts';
import { createDoorstep } from './http/doorstep.ts';
import { createPairPage } from './http/pair-page.ts';
import { distanceOf } from './http/remote.ts';
import { openLanDoor } from './lan-door.ts';
import { fencedAddressesHere, localNameOf } from './lan-fence.ts';
import { named } from './named-counts.ts';
import { startRelayNode } from './node.ts';
import type { DirectDoor } from './node.ts';
import { createOwner } from './owner.ts';
import { waysIn } from './reach.ts';
import { createSquare } from './square.ts';
import { udpRefusal } from './udp-port.ts';

export interface World {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log: Log;
  /** The relay cannot go on: its data folder was taken over. */
  readonly onLost: () => void;
}

export interface Relay {
  standing(): Standing;
  /** Everything but the lock, which goes last. */
  close(): Promise<void>;
  /** Synchronous, for the very end of the process; harmless after `close`. */
  releaseFolder(): void;
}

export type StartedRelay =
  | { readonly state: 'open'; readonly relay: Relay }
  | { readonly state: 'refused'; readonly isSetting: boolean; readonly lines: readonly string[] };

export async function startRelay(settings: Settings, { clock, entropy, log, onLost }: World): Promise<StartedRelay> {
  const app = loadApp(settings.appFolder);
  if (app.state === 'refused') return refused(app.lines);
  const read = settings.tls === null ? null : readCertificate(settings.tls.certFile, settings.tls.keyFile);
  if (read?.state === 'refused') return { state: 'refused', isSetting: true, lines: read.lines };
  let certificate: Certificate | null = read?.certificate ?? null;

  const at = settings.port === 0 ? null : await whoAnswersAlready(settings.port, settings.host);
  if (at !== null) return refused(await takenLines(settings.port, at));
  const opened = openDataFolder(settings.dataFolder, { clock, entropy, localName: localNameOf(hostname()) }, onLost);
  if (opened.state === 'refused') return refused(opened.lines);
  const { folder } = opened;
  const direct = directOf(settings, folder);
  const udpCode = direct === null ? null : await udpRefusal(direct.host, direct.port);
  if (udpCode !== null) {
    folder.close();
    return refused(udpLines(settings, udpCode));
  }

  const isForMembers = settings.access === 'members';
  // Of a relay for members nobody gets the key of the Square: its room is only what an owner link is about.
  const keys = settings.square || isForMembers ? deriveRoomKeys(folder.squareSecret) : null;
  const square = settings.square ? keys && squareOf(keys) : null;
  const self = peerIdOfKey(hexToBytes(deriveDevice(folder.identityKey).id));
  const owner = keys && createOwner(keys.id, self, entropy, folder.owner);
  const node = await startRelayNode({
    identityKey: folder.identityKey,
    topics: square === null ? [] : [square.topic],
    square: keys && owner && createSquare(keys, owner, clock),
    access: isForMembers && owner ? createAccess(self, owner, clock, folder.access) : null,
    ...(direct === null ? {} : { direct }),
    sisters: settings.sisters,
    directory: settings.publicDoor === null ? null : { address: settings.publicDoor, shelf: folder.effort },
    clock,
    entropy,
    log,
  }).catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
  if (node instanceof Error) {
    folder.close();
    return refused(nodeLines(settings, node));
  }

  const house =
    settings.tls !== null || settings.behindProxy
      ? null
      : openLanDoor({
          folder,
          clock,
          entropy,
          log,
          namesNow: () => ({
            // The name the authority was made for; a machine that was called anew since has none.
            names: ['localhost', localNameOf(hostname()) ?? ''].filter(
              (name) => name === 'localhost' || name === folder.authority.localName,
            ),
            addresses: fencedAddressesHere(settings.host),
          }),
        });
  let door: Door | null = null;
  const startedAt = clock.ticksMs();
  const counts = (): Readonly<Record<string, number>> => ({
    uptime_seconds: Math.round((clock.ticksMs() - startedAt) / 1000),
    resident_bytes: process.memoryUsage.rss(),
    ...named('http', door?.counts() ?? {}),
    ...node.counts(),
  });
  const build = `${packageVersion()}+${app.files.build}`;
  const servesThisMachine = isEverywhere(settings.host) || distanceOf(settings.host) === 'this-machine';
  const respond = createAnswers({
    app: app.files,
    build,
    peerId: node.peerId,
    otherDoors: () => node.addresses(),
    sisters: node.sisters,
    square,
    access: () => (isForMembers && keys && owner ? { realm: keys.id, owner: owner.word()?.said.name ?? '' } : null),
    counts,
    isHealthy: () => !isClosing,
    house,
    doorstep: createDoorstep({
      certificate: () => certificate,
      otherDoors: () => node.addresses(),
      house,
      behindProxy: settings.behindProxy,
      servesThisMachine,
      port: () => door?.port ?? settings.port,
    }),
    pair: createPairPage({ answerOffer: node.answerOffer, otherDoors: () => node.addresses() }),
  });
  let isClosing = false;
  const heard = await openDoor({
    ...settings,
    certificate: certificate ?? house?.leaf() ?? null,
    tlsFor: house === null ? 'everybody' : 'neighbours',
    respond,
    acceptUpgrade: node.acceptUpgrade,
  });
  if (heard.state === 'refused') {
    await node.close();
    folder.close();
    return refused(await doorLines(settings, heard.code));
  }
  door = heard.door;
  const standing = door;

  house?.watch((leaf) => standing.renew(leaf));
  let stopRenewing: Stop = () => undefined;
  const { tls } = settings;
  const renew = (): void => {
    const again = tls === null ? null : readCertificate(tls.certFile, tls.keyFile);
    if (again?.state === 'read' && again.certificate.fingerprint !== certificate?.fingerprint) {
      certificate = again.certificate;
      standing.renew(certificate);
      log('certificate-renewed', { validUntilMs: certificate.validUntilMs });
    } else if (again?.state === 'refused') log('certificate-unreadable');
    stopRenewing = clock.after(renewEveryMs, renew);
  };
  if (tls !== null) stopRenewing = clock.after(renewEveryMs, renew);

  // Not before it stands: a link that nobody saw would be used up.
  const why: OwnerLink['why'] | null = settings.ownerLink ? 'again' : folder.isUnowned ? 'first' : null;
  const ownerLink = owner && why && { fragment: owner.newLink(), why };
  log('relay-open', { port: door.port, build, square: settings.square, access: settings.access, tls: tls !== null });
  return {
    state: 'open',
    relay: {
      standing: () => ({
        ways: waysIn({ host: settings.host, port: standing.port, certificate, leaf: house?.leaf() ?? null }),
        doors: node.addresses(),
        port: standing.port,
        peerId: node.peerId,
        build,
        dataFolder: folder.path,
        isNewFolder: folder.isNew,
        square: settings.square,
        access: settings.access,
        ownerLink,
        behindProxy: settings.behindProxy,
        certificate,
        authority: house?.authority.fingerprint ?? null,
        nowMs: clock.nowMs(),
      }),
      close: async () => {
        isClosing = true;
        stopRenewing();
        house?.close();
        standing.shut();
        // The node first: pages hear a proper goodbye. Who does not take it in time is cut off.
        await Promise.race([node.close(), new Promise<void>((resolve) => clock.after(goodbyeMs, resolve))]);
        await standing.close();
        folder.close();
        log('relay-closed');
      },
      releaseFolder: () => folder.close(),
    },
  };
}

const renewEveryMs = 3_600_000;
const goodbyeMs = 1_000;

const refused = (lines: readonly string[]): StartedRelay => ({ state: 'refused', isSetting: false, lines });

/** The topic is named after the room's id, which says nothing of the room's key. */
const squareOf = ({ id, secret }: RoomKeys): SquareCard => ({ topic: `wavu/square/1/${id}`, openSecret: secret });

const directOf = (
  { host, webrtcDirectPort: port }: Settings,
  { directCertificate: certificate }: DataFolder,
): DirectDoor | null => (port === null ? null : { host: host === '::' ? '0.0.0.0' : host, port, certificate });

async function takenLines(port: number, at: string): Promise<readonly string[]> {
  const holder = await nameHolder(port, at);
  return [
    `Port ${port} is taken${holder === '' ? ' by another program' : ` by ${holder}`}.`,
    `Stop that, or choose another: --port ${port === 65_535 ? 8_471 : port + 1}`,
    'Mind: to a browser another port is another place, and people who know this one begin anew there.',
  ];
}

async function doorLines({ host, port }: Settings, code: string): Promise<readonly string[]> {
  if (code === 'EADDRINUSE') return takenLines(port, isEverywhere(host) ? '127.0.0.1' : host);
  if (code === 'EACCES') return [`--port ${port}: this user may not open it (${code}). Ports from 1024 on are free to all.`];
  if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT') return [`--host ${host}: this machine has no such address (${code}).`];
  return [`--port ${port} on ${host} cannot be opened (${code}).`];
}

function udpLines({ host, webrtcDirectPort: port }: Settings, code: string): readonly string[] {
  const shut = '--webrtc-direct-port off shuts this second door; another number moves it.';
  if (code === 'EADDRINUSE') return [`UDP port ${port} is taken by another program.`, shut];
  if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT') return [`--host ${host}: this machine has no such address (${code}).`];
  return [`UDP port ${port} on ${host} cannot be opened (${code}).`, shut];
}

function nodeLines({ webrtcDirectPort }: Settings, error: Error): readonly string[] {
  const code = codeOf(error);
  const said = `${error.message}${code === null || error.message.includes(code) ? '' : ` (${code})`}`;
  return [
    `The relay's node does not start: ${said}`,
    ...(webrtcDirectPort === null
      ? []
      : [`If UDP port ${webrtcDirectPort} is the trouble: --webrtc-direct-port off, or another number.`]),
  ];
}

function packageVersion(): string {
  const json: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return typeof json === 'object' && json !== null && 'version' in json && typeof json.version === 'string' ? json.version : '0';
}
