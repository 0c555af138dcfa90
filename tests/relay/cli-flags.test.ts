/** Flags and environment: what is taken, and which line to fix when it is not. */
import { homedir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { defaultPort, readSettings } from '../../relay/flags.ts';
import type { Settings } from '../../relay/flags.ts';
import { nearest } from '../../relay/nearest.ts';

const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Settings => {
  const read = readSettings(args, env);
  if (read.state !== 'run') throw new Error(JSON.stringify(read));
  return read.settings;
};

const wrong = (args: readonly string[], env: Readonly<Record<string, string>> = {}): readonly string[] => {
  const read = readSettings(args, env);
  return read.state === 'refused' ? read.lines : [read.state];
};

test('without anything: everybody may reach it, the Square is on, the folder is this person’s', () => {
  const { dataFolder, appFolder, ...rest } = run([]);
  expect(rest).toEqual({
    port: defaultPort,
    host: '0.0.0.0',
    square: true,
    access: 'open',
    ownerLink: false,
    tls: null,
    webrtcDirectPort: defaultPort,
    sisters: [],
    publicDoor: null,
    behindProxy: false,
    json: false,
  });
  expect(dataFolder.startsWith(homedir())).toBe(true);
  expect(path.basename(appFolder)).toBe('dist');
});

test('the folder does not depend on where the command is typed', () => {
  if (process.platform !== 'linux') return;
  expect(run([], { XDG_DATA_HOME: '/srv/data' }).dataFolder).toBe('/srv/data/wavu-relay');
  expect(run([], { XDG_DATA_HOME: 'relative' }).dataFolder).toBe(path.join(homedir(), '.local/share/wavu-relay'));
});

describe('what is taken', () => {
  const table: readonly (readonly [readonly string[], Readonly<Record<string, string>>, Partial<Settings>])[] = [
    [['--port', '9000'], {}, { port: 9000, webrtcDirectPort: 9000 }],
    [['--port=9000'], {}, { port: 9000 }],
    [['--port', '0'], {}, { port: 0, webrtcDirectPort: 0 }],
    [[], { WAVU_PORT: '9000' }, { port: 9000 }],
    [['--port', '9001'], { WAVU_PORT: '9000' }, { port: 9001 }],
    [[], { WAVU_PORT: '' }, { port: defaultPort }],
    [['--host', '127.0.0.1'], {}, { host: '127.0.0.1', webrtcDirectPort: defaultPort }],
    [['--host', 'localhost'], {}, { host: '127.0.0.1' }],
    [['--host', '::'], {}, { host: '::', webrtcDirectPort: defaultPort }],
    [['--host', '[::1]'], {}, { host: '::1', webrtcDirectPort: null }],
    [['--host', '127.0.0.1', '--webrtc-direct-port', '9'], {}, { webrtcDirectPort: 9 }],
    [['--host', '::1', '--webrtc-direct-port', 'off'], {}, { webrtcDirectPort: null }],
    [['--webrtc-direct-port', 'off'], {}, { webrtcDirectPort: null }],
    [[], { WAVU_WEBRTC_DIRECT_PORT: 'off' }, { webrtcDirectPort: null }],
    [['--data', '/srv/wavu'], {}, { dataFolder: path.resolve('/srv/wavu') }],
    [['--data', 'here'], {}, { dataFolder: path.resolve('here') }],
    [['--square', 'off'], {}, { square: false }],
    [[], { WAVU_SQUARE: 'off' }, { square: false }],
    [['--access', 'members'], {}, { access: 'members', square: false }],
    [[], { WAVU_ACCESS: 'members', WAVU_SQUARE: 'off' }, { access: 'members', square: false }],
    [['--access', 'open'], { WAVU_ACCESS: 'members' }, { access: 'open', square: true }],
    [['--access', 'members', '--owner-link'], {}, { access: 'members', ownerLink: true }],
    [['--owner-link'], {}, { ownerLink: true }],
    [['--cert', '/c', '--key', '/k'], {}, { tls: { certFile: path.resolve('/c'), keyFile: path.resolve('/k') } }],
    [[], { WAVU_CERT: '/c', WAVU_KEY: '/k' }, { tls: { certFile: path.resolve('/c'), keyFile: path.resolve('/k') } }],
    [['--sisters', 'https://wavu.example'], {}, { sisters: ['/dns4/wavu.example/tcp/443/tls/ws'] }],
    [
      ['--sisters', 'http://127.0.0.1:9001/, https://[2001:db8::7]:8470'],
      {},
      { sisters: ['/ip4/127.0.0.1/tcp/9001/ws', '/ip6/2001:db8::7/tcp/8470/tls/ws'] },
    ],
    [
      ['--sisters', 'https://wavu.example', '--public', 'https://east.example'],
      {},
      { sisters: ['/dns4/wavu.example/tcp/443/tls/ws'], publicDoor: '/dns4/east.example/tcp/443/tls/ws' },
    ],
    [[], { WAVU_SISTERS: 'https://wavu.example:8470' }, { sisters: ['/dns4/wavu.example/tcp/8470/tls/ws'] }],
    [['--json', '--behind-proxy'], {}, { json: true, behindProxy: true }],
    [[], { WAVU_BEHIND_PROXY: 'on' }, { behindProxy: true }],
    [['--behind-proxy=off'], { WAVU_BEHIND_PROXY: 'on' }, { behindProxy: false }],
  ];
  test.each(table)('%j with %j', (args, env, expected) => {
    expect(run(args, env)).toMatchObject(expected);
  });
});

describe('what is refused', () => {
  const sisterWords = 'what people open in a browser, such as https://wavu.example:8470; several with commas between.';
  const nineSisters = Array.from({ length: 9 }, (_, at) => `https://${'abcdefghi'[at]}.example`).join(',');
  const portWords = 'a port is a whole number from 1 to 65535, or 0 for any free one.';
  const table: readonly (readonly [readonly string[], Readonly<Record<string, string>>, readonly string[]])[] = [
    [['--port', '99999'], {}, [`--port 99999: ${portWords}`]],
    [['--port', '-1'], {}, [`--port -1: ${portWords}`]],
    [['--port', '80.5'], {}, [`--port 80.5: ${portWords}`]],
    [['--port', '0x50'], {}, [`--port 0x50: ${portWords}`]],
    [[], { WAVU_PORT: 'http' }, [`WAVU_PORT=http: ${portWords}`]],
    [['--port'], {}, ['--port needs a value: --port N']],
    [['--port', '--json'], {}, ['--port needs a value: --port N']],
    [['--port', '1', '--port', '2'], {}, ['--port is given twice.']],
    [['--square', 'maybe'], {}, ['--square maybe: on or off.']],
    [['--access', 'closed'], {}, ['--access closed: open (everybody) or members.']],
    [
      ['--access', 'members', '--sisters', 'https://wavu.example'],
      {},
      ['--sisters: a relay for members has none, as people of another relay show it no key.'],
    ],
    [
      ['--access', 'members', '--square', 'on'],
      {},
      ['--square on: a relay for members keeps no Square, which is for everybody. Leave it out, or --access open.'],
    ],
    [['--square', 'off', '--owner-link'], {}, ['--owner-link makes an owner of the Square: it needs --square on.']],
    [['--data', ''], {}, ['--data : a path.']],
    [
      ['--public', 'https://east.example'],
      {},
      ['--public: a server of the directory meets the others by its sisters; name one with --sisters.'],
    ],
    [
      ['--sisters', 'https://wavu.example', '--public', 'east'],
      {},
      ['--public east: what people elsewhere open in a browser, such as https://wavu.example.'],
    ],
    [['--sisters', 'wavu.example'], {}, [`--sisters wavu.example: ${sisterWords}`]],
    [['--sisters', 'https://a.example,ftp://b.example'], {}, [`--sisters https://a.example,ftp://b.example: ${sisterWords}`]],
    [['--sisters', 'https://a.example/deep'], {}, [`--sisters https://a.example/deep: ${sisterWords}`]],
    [['--sisters', nineSisters], {}, [`--sisters ${nineSisters}: at most 8 relays.`]],
    [['--cert', '/c'], {}, ['--cert needs --key beside it: a certificate and its private key, both as PEM files.']],
    [[], { WAVU_KEY: '/k' }, ['--key needs --cert beside it: a certificate and its private key, both as PEM files.']],
    [['--prot', '9000'], {}, ['--prot is not known. Did you mean --port?']],
    [['--hots=::'], {}, ['--hots is not known. Did you mean --host?']],
    [['--behind'], {}, ['--behind is not known. Did you mean --behind-proxy?']],
    [['--frobnicate'], {}, ['--frobnicate is not known. --help lists what is.']],
    [
      ['--host', '::1', '--webrtc-direct-port', '9'],
      {},
      ['--webrtc-direct-port 9: this door stands on IPv4 alone, and --host ::1 is IPv6.'],
    ],
    [['9000'], {}, [`9000: every setting has a name, such as --port ${defaultPort}. --help lists them.`]],
    [['--port', 'x', '--square', 'y'], {}, [`--port x: ${portWords}`, '--square y: on or off.']],
    [
      ['9000'],
      { npm_lifecycle_event: 'start', npm_config_port: '9000' },
      [
        `9000: every setting has a name, such as --port ${defaultPort}. --help lists them.`,
        'npm kept --port for itself. Write: npm start -- --port 9000',
      ],
    ],
    [
      [],
      { npm_lifecycle_event: 'start', npm_config_owner_link: 'true' },
      ['npm kept --owner-link for itself. Write: npm start -- --owner-link'],
    ],
  ];
  test.each(table)('%j with %j', (args, env, lines) => {
    expect(wrong(args, env)).toEqual(lines);
  });

  test('a host that is no address', () => {
    for (const host of ['example.org', '1.2.3', '', '0.0.0.0:80']) {
      expect(wrong(['--host', host])[0]).toMatch(/^--host .*: an address of this machine/);
    }
  });
});

test('--help goes before every mistake, and names each setting with its environment', () => {
  const read = readSettings(['--nonsense', '--help'], {});
  const text = read.state === 'help' ? read.text : '';
  for (const name of [
    'port',
    'host',
    'data',
    'square',
    'owner-link',
    'cert',
    'key',
    'webrtc-direct-port',
    'sisters',
    'public',
    'behind-proxy',
    'app',
    'json',
  ]) {
    expect(text).toContain(`--${name}`);
    expect(text).toContain(`WAVU_${name.toUpperCase().replaceAll('-', '_')}`);
  }
  expect(text).toContain('--help');
});

test('the nearest word is near, or nothing', () => {
  const words = ['port', 'host', 'square', 'webrtc-direct-port'];
  expect(['prt', 'sqare', 'webrtc-direct', 'zzz', 'data'].map((word) => nearest(word, words))).toEqual([
    'port',
    'square',
    'webrtc-direct-port',
    null,
    null,
  ]);
});
