/** One page's part in a large room, and neighbours of it who say what the test wants: sealed as members seal, and as false as it likes. */
import { createWorld } from '../../../src/adapters/memory/world.ts';
import type { World } from '../../../src/adapters/memory/world.ts';
import { createLinkBook } from '../../../src/app/cast/links.ts';
import type { Core } from '../../../src/app/core.ts';
import { createHere } from '../../../src/app/here/here.ts';
import type { Here } from '../../../src/app/here/here.ts';
import { createPeers } from '../../../src/app/mesh/peers.ts';
import type { Peer } from '../../../src/app/mesh/peers.ts';
import { createRoom } from '../../../src/app/rooms/room.ts';
import type { Room } from '../../../src/app/rooms/room.ts';
import { createRouting } from '../../../src/app/routing/routing.ts';
import type { Link } from '../../../src/ports/network.ts';
import { decodeCast } from '../../../src/protocol/cast.ts';
import { deriveDevice } from '../../../src/protocol/device.ts';
import type { DeviceKey } from '../../../src/protocol/device.ts';
import { decodeFrame } from '../../../src/protocol/frame.ts';
import { encodePresence, presenceId } from '../../../src/protocol/here/presence.ts';
import type { Presence } from '../../../src/protocol/here/presence.ts';
import { openHere, sealHere } from '../../../src/protocol/here/sealed.ts';
import type { HereWord, Told } from '../../../src/protocol/here/word.ts';
import type { DeviceId, PeerId } from '../../../src/protocol/ids.ts';
import type { RefusalReason } from '../../../src/protocol/refusal.ts';

export interface Bench {
  readonly world: World;
  readonly here: Here;
  readonly room: Room;
  readonly me: DeviceKey;
  readonly neighbours: readonly Peer[];
  /** Why what was told was not taken, so far. */
  readonly refusals: readonly string[];
  /** How far others said to have mine. */
  readonly got: ReadonlyMap<DeviceId, number>;
  /** All that was said to this neighbour so far, as it reads it. */
  heard(peer: Peer): readonly HereWord[];
  say(peer: Peer, word: HereWord): RefusalReason | null;
  /** Shown first, then told, as it should be. */
  tell(peer: Peer, told: Told, presence: Pick<Presence, 'device' | 'atMs'>): void;
  /** A word of this device, true unless the test changes it. */
  presence(key: DeviceKey, facts?: Partial<Presence>): Presence;
  signed(key: DeviceKey, presence: Presence): Uint8Array;
}

export const keyNumber = (number: number): DeviceKey => {
  const seed = new Uint8Array(32).fill(7);
  new DataView(seed.buffer).setUint32(0, number);
  return deriveDevice(seed);
};

export function createBench(seed: string): Bench {
  const refusals: string[] = [];
  const world = createWorld({
    seed,
    onLog: (_node, event, facts) => {
      if (event === 'here-refused') refusals.push(String(facts?.['why']));
    },
  });
  const { clock, entropy, log } = world.node('page').start();
  const secret = new Uint8Array(32).fill(3);
  const room = createRoom({ by: secret, name: 'Hall', kind: 'open', stage: 'in', joinedAtMs: 0, said: 0 });
  const me = keyNumber(0);
  const peers = createPeers(createRouting(clock, { changed: () => undefined, opened: () => undefined }));
  const links = createLinkBook(peers);
  const self = 'self' as PeerId;
  links.begin(self);
  const core = {
    ...{ clock, entropy, log, rooms: new Map([[room.id, room]]) },
    ...{ me: () => ({ key: me, name: 'Me' }), voice: () => null, showRooms: () => undefined },
  } as unknown as Core;
  const got = new Map<DeviceId, number>();
  const heard = new Map<PeerId, HereWord[]>();
  const linkTo = (peer: PeerId): Link => ({
    ...{ id: peer, peer, end: 'peer', opener: 'us', path: 'webrtc', maxFrameBytes: 32_768 },
    state: () => 'open',
    close: () => undefined,
    send: (bytes) => {
      const frame = decodeFrame(bytes);
      const word = 'kind' in frame && frame.kind === 'cast' ? decodeCast(frame.bytes) : null;
      const said = word !== null && 'kind' in word && word.kind === 'here' ? openHere(way(self), word.bytes) : null;
      if (said !== null && 'kind' in said) heard.set(peer, [...(heard.get(peer) ?? []), said]);
      return 'sent';
    },
  });
  const way = (from: PeerId) => ({ room: room.id, secret, from });
  const neighbours = Array.from({ length: 8 }, (_, at) => {
    const id = `neighbour${at}` as PeerId;
    const peer = peers.meet(id);
    Object.assign(peer, { direct: linkTo(id), rttMs: 20, device: keyNumber(at + 1).id });
    peer.rooms.add(room.id);
    links.heard(peer);
    links.chosenBy(peer, room.id);
    return peer;
  });
  const here = createHere(core, {
    ...{ self, peers, links },
    receipts: {
      gotMessages: () => undefined,
      gotUpTo: (_room, device, upTo) => void got.set(device, upTo),
      numberOf: async () => null,
      sent: () => undefined,
    },
  });
  let nonce = 0;
  const bench: Bench = {
    ...{ world, here, room, me, neighbours, refusals, got },
    heard: (peer) => heard.get(peer.id) ?? [],
    say: (peer, word) => {
      const bytes = new Uint8Array(12);
      new DataView(bytes.buffer).setUint32(0, (nonce += 1));
      return here.take(sealHere(way(peer.id), word, bytes), peer);
    },
    tell: (peer, told, presence) => {
      bench.say(peer, { kind: 'shows', root: '000000000000', isAll: false, ids: [presenceId(presence, told.isGone)] });
      bench.say(peer, { kind: 'tells', told: [told] });
    },
    presence: (key, facts) => ({ device: key.id, atMs: clock.nowMs(), forSeconds: 1_200, name: 'Somebody', ...facts }),
    signed: (key, presence) => encodePresence(presence, room.id, key),
  };
  return bench;
}
