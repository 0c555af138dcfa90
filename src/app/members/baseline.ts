/** A newcomer begins where the room is: what was said before is not for them, and not missed. */
import type { Core } from '../core.ts';
import type { Clock } from '../../protocol/entries/passing.ts';
import { shortOf } from '../../protocol/ids.ts';
import { keyOf } from '../records.ts';
import { withUpTo, writeHead } from '../rooms/room.ts';
import type { Head, Room } from '../rooms/room.ts';
import type { Turn, Vault } from './vault.ts';

export function takeBaseline(core: Core, { keys }: Vault, turn: Turn, room: Room, clocks: readonly Clock[]): void {
  const { devices } = turn.room(room.id)?.graph.known ?? { devices: { ids: [] } };
  for (const { device: short, seq } of clocks) {
    const device = devices.ids.find((each) => shortOf(each) === short);
    // My own numbers I know myself.
    if (device === undefined || device === keys.us.device.id) continue;
    if (seq > mostSaid) {
      core.log('message-refused', { why: 'bad-number', room: room.id });
      continue;
    }
    const before = room.heads.get(device);
    if (before !== undefined && before.upTo >= seq) continue;
    const head: Head = { ...withUpTo(before, seq), from: seq };
    turn.write(writeHead(keyOf.head(room.id, device), head, ''));
    // At once: what follows in this turn builds on it. Should the disk refuse, we still knock, and are told again.
    room.heads.set(device, head);
  }
}

/** New keys come after 1,000 entries (K8), and a room holds 10,000 operations (O9): nobody can have said more, a good margin added. */
const mostSaid = 20_000_000;
