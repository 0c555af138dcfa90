/** One message's worth of cryptography on made-up keys: tables are built and code is hot before somebody's first word comes. */
import { decodeContent, encodeContent, newMessageId } from './content.ts';
import { deriveDevice, deviceSeedBytes } from './device.ts';
import { findRoom, nonceBytes, openEnvelope, seal } from './envelope.ts';
import { deriveRoomKeys, secretBytes } from './room-keys.ts';

/** Answers whether it came back whole. */
export function warmUp(): boolean {
  const room = deriveRoomKeys(new Uint8Array(secretBytes));
  const device = deriveDevice(new Uint8Array(deviceSeedBytes));
  const id = newMessageId(new Uint8Array(16));
  const message = { kind: 'message', author: device.id, id, n: 1, sentAtMs: 0, name: '', text: '' } as const;
  const envelope = seal(room, encodeContent(message, room.id, device), new Uint8Array(nonceBytes));
  if ('refused' in envelope || 'refused' in findRoom([room], envelope)) return false;
  const opened = openEnvelope(room, envelope);
  return !('refused' in opened) && 'kind' in decodeContent(opened, room.id);
}
