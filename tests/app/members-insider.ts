/** A member's device in the wrong hands: it has all its keys and says with them what no app would. */
import { concat } from '../../src/protocol/bytes.ts';
import { spokenOn, withSession } from '../../src/protocol/conversation/pair.ts';
import { seal } from '../../src/protocol/conversation/seal.ts';
import { giveUp, needsLease, renewLease } from '../../src/protocol/conversation/session.ts';
import { encodeEntry } from '../../src/protocol/entries/entry.ts';
import { encodeFrame } from '../../src/protocol/frame.ts';
import type { DeviceId, OperationId } from '../../src/protocol/ids.ts';
import { tagAt, tagKeyOf } from '../../src/protocol/rooms/epoch.ts';
import { sealIn } from '../../src/protocol/rooms/room-envelope.ts';
import { sendingEpoch } from '../../src/protocol/rooms/room.ts';
import type { Room as SealedRoom } from '../../src/protocol/rooms/room.ts';
import { encodeHop } from '../../src/protocol/wire/hop.ts';
import { sendTo } from '../../src/app/mesh/peers.ts';
import type { Page } from '../simulation/page.ts';
import { appOf } from './village.ts';
import type { Well } from './well.ts';

export interface Insider {
  readonly device: DeviceId;
  sealed(): SealedRoom;
  epoch(): OperationId;
  /** To the room, under its own chain. */
  cast(content: Uint8Array): Promise<Uint8Array>;
  /** To one device, over the session with it. */
  tell(device: DeviceId, content: Uint8Array): Promise<Uint8Array>;
  /** Bytes behind a hop header, to everybody here. */
  throwAt(envelope: Uint8Array): void;
  /** An envelope of rubbish that looks like the next ones of another device. */
  rubbishOf(device: DeviceId): readonly Uint8Array[];
  entry(seq: number, text: string, sentAtMs?: number): Uint8Array;
}

export function insiderOf(well: Well, page: Page): Insider {
  const { core, vault, peers } = well.handsOf(page);
  const { world } = well.village;
  const us = vault.keys.us.device;
  const throwAt = (envelope: Uint8Array): void => {
    const hop = encodeHop({ kind: 'envelope', ttl: 0, copies: 1, to: new Uint8Array(8) }, envelope);
    for (const peer of peers.inRoom(well.room)) sendTo(peer, encodeFrame({ kind: 'hop', bytes: hop }));
  };
  const sealed = (): SealedRoom => vault.room(well.room)!;
  const epoch = (): OperationId => sendingEpoch(sealed())!;
  const inTurn = async (make: (turn: Parameters<Parameters<typeof vault.turn>[0]>[0]) => Uint8Array): Promise<Uint8Array> => {
    let envelope = new Uint8Array(0);
    const isKept = await world.finish(core.lane.run(() => vault.turn((turn) => void (envelope = new Uint8Array(make(turn))))));
    if (!isKept) throw new Error('not kept');
    throwAt(envelope);
    return envelope;
  };
  return {
    device: us.id,
    sealed,
    epoch,
    throwAt,
    cast: (content) =>
      inTurn((turn) => {
        const room = turn.room(well.room)!;
        const said = sealIn(vault.suite, room.keyring, well.room, epoch(), us, content);
        if ('refused' in said) throw new Error(said.refused);
        turn.setRoom({ ...room, keyring: said.keyring });
        return said.envelope;
      }),
    tell: (device, content) =>
      inTurn((turn) => {
        const session = spokenOn(turn.pair(device));
        if (session === null) throw new Error('no session');
        const said = seal(vault.suite, needsLease(session) ? renewLease(session) : session, content);
        if ('refused' in said) throw new Error(said.refused);
        // Given up at once: a liar waits for nobody.
        turn.setPair(device, withSession(turn.pair(device), giveUp(said.state, said.n)));
        return said.envelope;
      }),
    rubbishOf: (device) => {
      const keys = sealed().keyring.epochs.find(({ id }) => id === epoch())!;
      const next = keys.chains.find((chain) => chain.device === device)?.n ?? 0;
      const key = tagKeyOf(vault.suite, keys.tags, device);
      return Array.from({ length: 8 }, (_, at) => {
        const bytes = new Uint8Array([128, 190, 212, 223][at % 4]!).fill(at + 1);
        bytes.set(concat([Uint8Array.of(0x20 | (at % 4)), tagAt(vault.suite, key, next + at)]));
        return bytes;
      });
    },
    entry: (seq, text, sentAtMs = well.village.wallMs()) =>
      encodeEntry({ sentAtMs, seq, parents: [], body: { kind: 'text', text } }),
  };
}

export const deviceOf = (page: Page): DeviceId => appOf(page).view().me?.device ?? ('' as DeviceId);
