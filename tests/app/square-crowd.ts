/** A crowd that keeps no rules: invented devices, and words that say what they like, over a link without the product behind it. */
import type { Link } from '../../src/ports/network.ts';
import { encodeContent, newMessageId } from '../../src/protocol/content.ts';
import { deriveDevice } from '../../src/protocol/device.ts';
import type { DeviceKey } from '../../src/protocol/device.ts';
import { seal } from '../../src/protocol/envelope.ts';
import { encodeFrame } from '../../src/protocol/frame.ts';
import { deriveRoomKeys } from '../../src/protocol/room-keys.ts';
import type { Page } from '../simulation/page.ts';
import { squareSecret } from './square.ts';
import type { SquareVillage } from './square.ts';

const keys = deriveRoomKeys(squareSecret);

/** Devices cost nothing to invent. */
export function inventedDevice(at: number): DeviceKey {
  const seed = new Uint8Array(32).fill(5);
  new DataView(seed.buffer).setUint32(0, at);
  return deriveDevice(seed);
}

let luck = 0;
/** A word in the Square as it travels, at whatever time it says. */
export function crowdWord(key: DeviceKey, n: number, sentAtMs: number, text: string, isForged = false): Uint8Array {
  const fresh = (length: number): Uint8Array => {
    const bytes = new Uint8Array(length);
    new DataView(bytes.buffer).setUint32(0, (luck += 1));
    return bytes;
  };
  const id = newMessageId(fresh(16));
  const message = { kind: 'message', author: key.id, id, n, sentAtMs, name: 'Crowd', text } as const;
  const signed = encodeContent(message, keys.id, key);
  if (isForged) signed[signed.length - 1]! ^= 1;
  const sealed = seal(keys, signed, fresh(12));
  if ('refused' in sealed) throw new Error(sealed.refused);
  return encodeFrame({ kind: 'envelope', bytes: sealed });
}

/** Her link to a page, and nothing of the product behind it. */
export async function mallory({ world }: SquareVillage, page: Page, name = 'Mallory'): Promise<Link> {
  const network = world.node(name).start().network();
  const { signal } = new AbortController();
  const offer = await world.finish(network.offer(signal));
  const answer = await world.finish(page.running()!.life.network().answer(offer.bytes, signal));
  if (answer.state !== 'answered') throw new Error(answer.why);
  const opened = await world.finish(offer.accept(answer.bytes));
  if (opened.state !== 'open') throw new Error(opened.why);
  return opened.link;
}
