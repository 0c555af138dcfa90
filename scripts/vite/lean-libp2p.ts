/** Leaves out of the page's bundle what no page of ours can use: 127 → 110 kB brotli for the libp2p set. */
import type { Plugin } from 'vite';

interface StandIn {
  /** Where the original lies, from node_modules on. */
  readonly file: string;
  readonly write: (original: string) => string;
}

// Ids of pages and relays are Ed25519 keys. RSA, ECDSA and secp256k1 bring a second curve and DER (7 kB):
// whoever shows such a key is refused as libp2p refuses any unknown kind.
const keys: StandIn = {
  file: '@libp2p/crypto/dist/src/keys/index.js',
  write: () => `
    import { UnsupportedKeyTypeError } from '@libp2p/interface';
    import { privateKeyLength, publicKeyLength } from './ed25519/index.js';
    import { generateEd25519KeyPair, generateEd25519KeyPairFromSeed } from './ed25519/utils.js';
    import { unmarshalEd25519PrivateKey, unmarshalEd25519PublicKey } from './ed25519/utils.js';
    import { KeyType, PrivateKey, PublicKey } from './keys.js';
    const only = (kind, wanted, make) => {
      if (kind !== wanted) throw new UnsupportedKeyTypeError();
      return make();
    };
    const decode = (codec, bytes, make) => {
      const { Type, Data } = codec.decode(bytes);
      return only(Type, KeyType.Ed25519, () => make(Data ?? new Uint8Array()));
    };
    const encode = (codec, key) => codec.encode({ Type: KeyType[key.type], Data: key.raw });
    export const generateKeyPair = async (kind) => only(kind, 'Ed25519', generateEd25519KeyPair);
    export const generateKeyPairFromSeed = async (kind, seed) =>
      only(kind, 'Ed25519', () => generateEd25519KeyPairFromSeed(seed));
    export const publicKeyFromProtobuf = (bytes) => decode(PublicKey, bytes, unmarshalEd25519PublicKey);
    export const publicKeyFromMultihash = ({ digest }) => publicKeyFromProtobuf(digest);
    export const publicKeyFromRaw = (bytes) =>
      only(bytes.byteLength, publicKeyLength, () => unmarshalEd25519PublicKey(bytes));
    export const publicKeyToProtobuf = (key) => encode(PublicKey, key);
    export const privateKeyFromProtobuf = (bytes) => decode(PrivateKey, bytes, unmarshalEd25519PrivateKey);
    export const privateKeyFromRaw = (bytes) =>
      only(bytes.byteLength, privateKeyLength, () => unmarshalEd25519PrivateKey(bytes));
    export const privateKeyToProtobuf = (key) => encode(PrivateKey, key);
  `,
};

// In a page this one asks Cloudflare and Google for names (4 kB). Our addresses name hosts the browser
// resolves itself, and no invite shall make a page call third parties.
const publicNames: StandIn = {
  file: 'libp2p/dist/src/connection-manager/resolvers/dnsaddr.js',
  write: () => 'export const dnsaddrResolver = { canResolve: () => false, resolve: async (address) => [address] };',
};

// Debug lines cost 2 kB and a look into localStorage; they carry addresses. Ours is ports/log.
const debugLines: StandIn = {
  file: '@libp2p/logger/dist/src/index.js',
  write: () => `
    const say = () => {};
    const trace = Object.assign(() => {}, { enabled: false });
    export const logger = () => Object.assign(() => {}, { enabled: false, error: say, trace, newScope: logger });
    export const prefixLogger = () => ({ forComponent: logger });
    export const peerLogger = prefixLogger;
    export const defaultLogger = prefixLogger;
    export const enable = say;
    export const disable = say;
    export const enabled = () => false;
  `,
};

// The descriptions of 60 Prometheus gauges (3 kB); a page has nobody to show them to.
const gauges: StandIn = {
  file: '@libp2p/gossipsub/dist/src/metrics.js',
  write: (original) => {
    const from = original.indexOf('export function getMetrics(');
    if (from < 0) throw new Error('gossipsub has moved getMetrics: look at lean-libp2p.ts');
    return `${original.slice(0, from)}export function getMetrics() { throw new Error('a page keeps no gauges'); }`;
  },
};

// What those gauges would show of each peer's score.
const weights: StandIn = {
  file: '@libp2p/gossipsub/dist/src/score/scoreMetrics.js',
  write: () => "export function computeAllPeersScoreWeights() { throw new Error('a page keeps no gauges'); }",
};

// Nobody here serves as a content router: our directory is asked over our own links (src/dht).
const records: StandIn = {
  file: 'libp2p/dist/src/content-routing.js',
  write: () => "export class CompoundContentRouting { async get() { throw new Error('a page keeps no records'); } }",
};

// Four companies' servers learn every page's address unless a caller says otherwise each time: here the default is none.
const strangersServers: StandIn = {
  file: '@libp2p/webrtc/dist/src/constants.js',
  write: (original) => {
    const list = /DEFAULT_ICE_SERVERS = \[[^\]]*\]/;
    if (!list.test(original)) throw new Error('webrtc has moved its ICE servers: look at lean-libp2p.ts');
    return original.replace(list, 'DEFAULT_ICE_SERVERS = []');
  },
};

const standIns: readonly StandIn[] = [keys, publicNames, debugLines, gauges, weights, records, strangersServers];

// Making certificates is the relay's business: in a page the browser does it (65 kB with X.509 and its own WebCrypto).
const notForPages = ['@peculiar/x509', '@peculiar/webcrypto', 'reflect-metadata', 'node-datachannel'];

export const leanLibp2p = (): Plugin => {
  const packages = new Set<string>();
  const used = new Set<StandIn>();
  return {
    name: 'wavu-lean-libp2p',
    apply: 'build',
    enforce: 'pre',
    transform: {
      filter: { id: /node_modules/ },
      handler(code, id) {
        const file = fromNodeModules(id);
        packages.add(packageOf(file));
        const standIn = standIns.find((each) => each.file === file);
        if (standIn === undefined) return null;
        used.add(standIn);
        return { code: standIn.write(code), map: null };
      },
    },
    // A release that moves a file would let its weight back in unseen.
    buildEnd(error) {
      if (error !== undefined) return;
      const lost = standIns.find((each) => packages.has(packageOf(each.file)) && !used.has(each));
      if (lost !== undefined) this.error(`${lost.file} is no longer part of libp2p: look at lean-libp2p.ts`);
      const stray = notForPages.find((each) => packages.has(each));
      if (stray !== undefined) this.error(`${stray} came into the page, which has no use for it: look at lean-libp2p.ts`);
    },
  };
};

const fromNodeModules = (id: string): string =>
  (id.replaceAll('\\', '/').split('/node_modules/').at(-1) ?? '').split('?')[0] ?? '';
const packageOf = (file: string): string =>
  file
    .split('/')
    .slice(0, file.startsWith('@') ? 2 : 1)
    .join('/');
