/** Turns the command line and the environment into settings, or says which line to fix. */
import { isIPv6 } from 'node:net';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readAccess, readHost, readOnOff, readPath, readPort, readPortOrOff, readPublic, readSisters } from './flag-values.ts';
import type { Read } from './flag-values.ts';
import { nearest } from './nearest.ts';

export interface Settings {
  /** 0: any free one. */
  readonly port: number;
  readonly host: string;
  readonly dataFolder: string;
  /** The built page. */
  readonly appFolder: string;
  readonly square: boolean;
  /** Whom it lets in: everybody, or those of the owner's rooms. */
  readonly access: 'open' | 'members';
  /** A new owner link is wanted: the last was lost, or whoever opened it is to be the owner no more. */
  readonly ownerLink: boolean;
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
  /** UDP, on `host` where that is an IPv4 address; null: this door stays shut. */
  readonly webrtcDirectPort: number | null;
  /** Multiaddrs of relays whose pages ours shall meet. */
  readonly sisters: readonly string[];
  /** Multiaddr at which any relay dials this one, which then is a server of the directory; null: it is none. */
  readonly publicDoor: string | null;
  readonly behindProxy: boolean;
  readonly json: boolean;
}

export type ReadSettings =
  | { readonly state: 'run'; readonly settings: Settings }
  | { readonly state: 'help'; readonly text: string }
  | { readonly state: 'refused'; readonly lines: readonly string[] };

type Environment = Readonly<Record<string, string | undefined>>;

export const defaultPort = 8470;

export function readSettings(args: readonly string[], env: Environment): ReadSettings {
  const taken = takeArgs(args);
  if (taken.help) return { state: 'help', text: helpText(env) };
  const lines = [...taken.wrong, ...swallowedByNpm(env)];
  const get = <Value>(flag: Flag<Value>): Value | null => {
    const fromArgs = taken.given.get(flag.name);
    const fromEnv = env[flag.env];
    const text = fromArgs ?? (fromEnv === '' ? undefined : fromEnv);
    if (text === undefined) return null;
    const read = flag.read(text);
    if ('value' in read) return read.value;
    lines.push(`${fromArgs === undefined ? `${flag.env}=${text}` : `--${flag.name} ${text}`}: ${read.wrong}`);
    return null;
  };
  const port = get(flags.port) ?? defaultPort;
  const certFile = get(flags.cert);
  const keyFile = get(flags.key);
  if ((certFile === null) !== (keyFile === null)) {
    const [has, lacks] = certFile === null ? ['--key', '--cert'] : ['--cert', '--key'];
    lines.push(`${has} needs ${lacks} beside it: a certificate and its private key, both as PEM files.`);
  }
  const host = get(flags.host) ?? '0.0.0.0';
  const isSixAlone = host !== '::' && isIPv6(host);
  const access = get(flags.access) ?? 'open';
  const wantedSquare = get(flags.square);
  if (access === 'members' && wantedSquare === true) {
    lines.push('--square on: a relay for members keeps no Square, which is for everybody. Leave it out, or --access open.');
  }
  const sisters = get(flags.sisters) ?? [];
  if (access === 'members' && sisters.length > 0) {
    lines.push('--sisters: a relay for members has none, as people of another relay show it no key.');
  }
  const publicDoor = get(flags.public);
  if (publicDoor !== null && sisters.length === 0) {
    lines.push('--public: a server of the directory meets the others by its sisters; name one with --sisters.');
  }
  const wantedDirect = get(flags.webrtcDirectPort);
  if (isSixAlone && wantedDirect !== null && wantedDirect !== 'off') {
    lines.push(`--webrtc-direct-port ${wantedDirect}: this door stands on IPv4 alone, and --host ${host} is IPv6.`);
  }
  const direct = wantedDirect ?? (isSixAlone ? 'off' : port);
  const settings: Settings = {
    port,
    host,
    dataFolder: get(flags.data) ?? ownFolder(env),
    appFolder: get(flags.app) ?? fileURLToPath(new URL('../dist', import.meta.url)),
    square: wantedSquare ?? access === 'open',
    access,
    ownerLink: get(flags.ownerLink) ?? false,
    tls: certFile !== null && keyFile !== null ? { certFile, keyFile } : null,
    webrtcDirectPort: direct === 'off' ? null : direct,
    sisters,
    publicDoor,
    behindProxy: get(flags.behindProxy) ?? false,
    json: get(flags.json) ?? false,
  };
  if (settings.ownerLink && !settings.square && access === 'open') {
    lines.push('--owner-link makes an owner of the Square: it needs --square on.');
  }
  return lines.length > 0 ? { state: 'refused', lines } : { state: 'run', settings };
}

interface Flag<Value> {
  readonly name: string;
  readonly env: string;
  /** Null: a switch, which stands alone. */
  readonly takes: string | null;
  readonly says: string;
  readonly read: (text: string) => Read<Value>;
}

const flag = <Value>(name: string, takes: string | null, says: string, read: (text: string) => Read<Value>): Flag<Value> => ({
  name,
  env: `WAVU_${name.toUpperCase().replaceAll('-', '_')}`,
  takes,
  says,
  read,
});

const flags = {
  port: flag('port', 'N', `TCP port for HTTP, HTTPS and WebSocket; 0: any free one (default ${defaultPort})`, readPort),
  host: flag('host', 'ADDRESS', 'address to listen on (default 0.0.0.0: every IPv4 one; :: for IPv6 as well)', readHost),
  data: flag('data', 'FOLDER', "the relay's identity and all it keeps", readPath),
  square: flag('square', 'on|off', 'keep an open room for everybody at this address (default on)', readOnOff),
  access: flag(
    'access',
    'open|members',
    "whom the relay lets in: everybody, or the owner, members of the owner's rooms and whom they invite (default open)",
    readAccess,
  ),
  ownerLink: flag(
    'owner-link',
    null,
    'print a new owner link: whoever opens it first owns the Square, or the relay for members, from then on',
    readOnOff,
  ),
  cert: flag('cert', 'FILE', 'certificate chain, PEM: HTTPS on the same port', readPath),
  key: flag('key', 'FILE', 'its private key, PEM', readPath),
  webrtcDirectPort: flag(
    'webrtc-direct-port',
    'N|off',
    'UDP port of the second door, IPv4 (default: as --port; off where --host names one IPv6 address)',
    readPortOrOff,
  ),
  sisters: flag('sisters', 'URL,URL…', 'relays whose people ours shall meet; each must name the other', readSisters),
  public: flag(
    'public',
    'URL',
    'what people elsewhere open: makes this relay, with --sisters, a server of the directory',
    readPublic,
  ),
  behindProxy: flag(
    'behind-proxy',
    null,
    'a proxy on this machine speaks HTTPS for us: believe its X-Forwarded-Proto',
    readOnOff,
  ),
  app: flag('app', 'FOLDER', 'the built page (default: dist/ beside the relay)', readPath),
  json: flag('json', null, 'one line of JSON on standard output, talk on standard error', readOnOff),
} as const;

const every: readonly Flag<unknown>[] = Object.values(flags);

interface Taken {
  readonly help: boolean;
  readonly given: ReadonlyMap<string, string>;
  readonly wrong: readonly string[];
}

function takeArgs(args: readonly string[]): Taken {
  const given = new Map<string, string>();
  const wrong: string[] = [];
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--help' || arg === '-h') return { help: true, given, wrong: [] };
    const [, name = '', inline] = /^--([^=]+)(?:=(.*))?$/s.exec(arg) ?? [];
    const known = every.find((each) => each.name === name);
    if (known === undefined) {
      wrong.push(unknown(arg, name));
      // What follows is most likely its value: one mistake, one line.
      if (name !== '' && inline === undefined && rest[0]?.startsWith('-') === false) rest.shift();
      continue;
    }
    const isAlone = known.takes === null;
    const value = inline ?? (isAlone ? 'on' : rest[0]?.startsWith('--') === true ? undefined : rest.shift());
    if (value === undefined) wrong.push(`--${name} needs a value: --${name} ${known.takes ?? ''}`);
    else if (given.has(name)) wrong.push(`--${name} is given twice.`);
    else given.set(name, value);
  }
  return { help: false, given, wrong };
}

function unknown(arg: string, name: string): string {
  if (name === '') return `${arg}: every setting has a name, such as --port ${defaultPort}. --help lists them.`;
  const near = nearest(
    name,
    every.map((each) => each.name),
  );
  return near === null ? `--${name} is not known. --help lists what is.` : `--${name} is not known. Did you mean --${near}?`;
}

/** `npm start --port 9000` gives the flag to npm, and us nothing but a stray 9000. */
function swallowedByNpm(env: Environment): readonly string[] {
  if (env['npm_lifecycle_event'] !== 'start') return [];
  return ['port', 'host', 'data', 'square', 'access', 'owner-link', 'sisters', 'public']
    .filter((name) => env[keptBy(name)] !== undefined)
    .map((name) =>
      `npm kept --${name} for itself. Write: npm start -- --${name} ${name === 'owner-link' ? '' : env[keptBy(name)]}`.trimEnd(),
    );
}

const keptBy = (name: string): string => `npm_config_${name.replaceAll('-', '_')}`;

/** Stable, per user: an identity must not depend on where the command was typed. */
function ownFolder(env: Environment): string {
  const home = homedir();
  if (process.platform === 'win32') return path.join(env['LOCALAPPDATA'] ?? path.join(home, 'AppData', 'Local'), 'wavu-relay');
  if (process.platform === 'darwin') return path.join(home, 'Library', 'Application Support', 'wavu-relay');
  const xdg = env['XDG_DATA_HOME'] ?? '';
  return path.join(path.isAbsolute(xdg) ? xdg : path.join(home, '.local', 'share'), 'wavu-relay');
}

function helpText(env: Environment): string {
  const rows = every.map((each) => [`  --${each.name}${each.takes === null ? '' : ` ${each.takes}`}`, each] as const);
  const wide = Math.max(...rows.map(([head]) => head.length)) + 2;
  return [
    'The Wavu relay: serves the page, introduces those who open it, carries sealed bytes.',
    '',
    'npm start -- [settings]',
    '',
    ...rows.map(([head, each]) => `${head.padEnd(wide)}${each.says}\n${' '.repeat(wide)}${each.env}`),
    `${'  --help'.padEnd(wide)}these lines`,
    '',
    `Without --data: ${ownFolder(env)}`,
    'A flag goes before the environment. Ctrl-C ends it; nothing is left behind but the data folder.',
    '',
  ].join('\n');
}
