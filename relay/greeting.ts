/** What the host reads when the relay stands: where it is, who reaches what, and a code for the phone. */
import { encodeQR } from 'qr';
import type { Certificate } from './http/certificate.ts';
import { bestForOthers } from './reach.ts';
import { withSecondDoor } from './second-door.ts';
import type { Way } from './reach.ts';

export interface Standing {
  readonly ways: readonly Way[];
  readonly doors: readonly string[];
  readonly port: number;
  readonly peerId: string;
  readonly build: string;
  readonly dataFolder: string;
  readonly isNewFolder: boolean;
  readonly square: boolean;
  readonly access: 'open' | 'members';
  /** Whose link was printed, and works once; null: none was made at this start. */
  readonly ownerLink: OwnerLink | null;
  readonly behindProxy: boolean;
  readonly certificate: Certificate | null;
  /** Of the authority that devices of this house may trust; null: HTTPS is by other means. */
  readonly authority: string | null;
  readonly nowMs: number;
}

/** `first`: nobody owns the Square yet. `again`: somebody may, and loses it to whoever opens this. */
export interface OwnerLink {
  readonly fragment: string;
  readonly why: 'first' | 'again';
}

/** For programs: one line, nothing else ever follows on standard output. */
export const machineLine = (standing: Standing, pid: number): string =>
  `${JSON.stringify({
    url: standing.ways[0]?.url ?? null,
    ways: standing.ways,
    addresses: standing.doors,
    port: standing.port,
    peerId: standing.peerId,
    build: standing.build,
    data: standing.dataFolder,
    square: standing.square ? 'on' : 'off',
    access: standing.access,
    ownerLink: ownerUrl(standing),
    authority: standing.authority,
    pid,
  })}\n`;

export function greeting(standing: Standing, withCode: boolean): string {
  const { ways } = standing;
  const best = standing.behindProxy ? null : bestForOthers(ways);
  const wide = Math.max(0, ...ways.map((way) => way.url.length));
  return [
    '',
    `  Wavu is at  ${ways[0]?.url ?? 'no address anybody reaches'}`,
    '',
    ...ways.map((way) => `  ${way.url.padEnd(wide)}  ${way.who}: ${gives[way.gives]}`),
    ...secondDoors(standing.doors).map((line) => `  ${line}`),
    '',
    ...(withCode && best !== null
      ? [code(withSecondDoor(best.url, standing.doors)), `  ${best.url}  ${gives[best.gives]}`, '']
      : []),
    ...notes(standing, best).map((line) => `  ${line}`),
    ...(standing.access === 'members' ? ['  For members: of the rooms that the owner is in, and whom they invite'] : []),
    `  Square ${standing.square ? 'on: anyone who reaches this relay reads it' : 'off'}`,
    ...ownerLines(standing).map((line) => `  ${line}`),
    `  Data in ${standing.dataFolder}${standing.isNewFolder ? ' (new: back it up, it is this relay)' : ''}`,
    '  Ctrl-C ends it.',
    '',
  ].join('\n');
}

/** At the address that gives the app for sure: keys hang on it. */
const ownerUrl = ({ ways, ownerLink }: Standing): string | null =>
  ownerLink && `${(ways.find(({ gives: given }) => given === 'app') ?? ways[0])?.url ?? ''}#${ownerLink.fragment}`;

function ownerLines(standing: Standing): readonly string[] {
  const url = ownerUrl(standing);
  if (url === null) return [];
  return [
    '',
    standing.ownerLink?.why === 'again'
      ? 'A new owner link, as you asked. Links made before do not work any more; the owner so far stays so until it is opened:'
      : 'Owner link, printed this once. Open it on your own device, where you mean to stay:',
    `  ${url}`,
    ...(standing.behindProxy ? ["Put the proxy's https:// address before the #."] : []),
    standing.access === 'members'
      ? 'Whoever opens it first owns this relay: people of their rooms get in, and whom they invite. It works once.'
      : 'Whoever opens it first owns the Square: pins, clears, closes it, keeps devices out. It works once.',
    ...(standing.ownerLink?.why === 'again' ? [] : ['Lost it? Start with --owner-link for a new one.']),
    '',
  ];
}

const gives: Readonly<Record<Way['gives'], string>> = {
  app: 'the app',
  'app-after-warning': "the app, after the browser's warning about the certificate",
  doorstep: 'a page that says how to go on (browsers want HTTPS here)',
  'app-once-trusted': 'the app; the browser warns until it trusts this relay',
};

/** Their whole addresses stand in /.well-known/wavu.json; nobody types them. */
const secondDoors = (addresses: readonly string[]): readonly string[] => {
  const found = addresses
    .map((address) => /^\/ip4\/([\d.]+)\/udp\/(\d+)\/webrtc-direct\//.exec(address))
    .filter((match) => match !== null)
    .map(([, host = '', port = '']) => ({ host, port }));
  return [...new Set(found.map(({ port }) => port))].map((port) => {
    const hosts = found.filter((each) => each.port === port).map(({ host }) => host);
    return `UDP port ${port}: a second door (webrtc-direct), on ${hosts.length === 1 ? hosts.join('') : 'every IPv4 address'}`;
  });
};

function notes({ behindProxy, certificate, authority, nowMs, ways }: Standing, best: Way | null): readonly string[] {
  const said: string[] = [];
  if (behindProxy) said.push("Behind a proxy: people open the proxy's https:// address.");
  else if (best === null) said.push('Nobody else reaches this address; --host 0.0.0.0 lets others in.');
  else if (authority === null && best.gives === 'doorstep')
    said.push('For other devices turn HTTPS on: --cert and --key, Caddy, or Tailscale (relay/README.md).');
  else if (authority !== null) {
    said.push('Devices of this network open the http:// address and read on. Whoever trusts this relay compares there:');
    said.push(`SHA-256 ${authority}`);
    said.push('For the internet: --cert and --key, Caddy, or Tailscale (relay/README.md).');
  } else if (best.isBare) {
    said.push(
      "People's keys hang on the address they open, and numbers change. Give this machine a name and a certificate for it.",
    );
  }
  if (certificate !== null) {
    const days = Math.floor((certificate.validUntilMs - nowMs) / 86_400_000);
    const day = new Date(certificate.validUntilMs).toISOString().slice(0, 10);
    if (days < 0) said.push(`The certificate ended on ${day}: browsers refuse or warn.`);
    else if (days < 21) said.push(`The certificate ends on ${day}. A renewed file is taken up within the hour.`);
    if (certificate.isSelfSigned) {
      said.push(
        'The certificate is signed by itself: browsers warn, and whoever goes on has no offline start and cannot install.',
      );
    } else if (!ways.some((way) => way.gives === 'app' && way.url.startsWith('https:'))) {
      said.push('The certificate names no address of this machine and no host name but a wildcard.');
    }
  }
  return said;
}

/** Black on white whatever the terminal's colours: half blocks, two rows in one. */
function code(url: string): string {
  return encodeQR(url, 'ascii', { ecc: 'low', border: 2 })
    .trimEnd()
    .split('\n')
    .map((row) => `  \x1b[97;40m${row}\x1b[0m`)
    .join('\n');
}
