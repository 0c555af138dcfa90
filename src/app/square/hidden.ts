/** What I do not want to see of a Square: single messages, and all of some devices. Nobody else hears of it. */
import type { Core } from '../core.ts';
import { parseDeviceId } from '../../protocol/ids.ts';
import type { DeviceId, RoomId } from '../../protocol/ids.ts';
import type { Spoken } from '../../protocol/square/pace.ts';
import { decodeJson, encodeJson, keyOf } from '../records.ts';

export interface Hidden {
  load(): Promise<void>;
  has(message: Pick<Spoken, 'author' | 'id'>): boolean;
  blocked(): readonly DeviceId[];
  messages(): number;
  /** Each answers whether it is kept. */
  hide(message: Pick<Spoken, 'author' | 'id'>): Promise<boolean>;
  showAll(): Promise<boolean>;
  block(device: DeviceId, isBlocked: boolean): Promise<boolean>;
}

export function createHidden(core: Core, room: RoomId): Hidden {
  let devices: ReadonlySet<DeviceId> = new Set();
  let messages: ReadonlySet<string> = new Set();

  const keep = (nextDevices: ReadonlySet<DeviceId>, nextMessages: ReadonlySet<string>): Promise<boolean> =>
    core.lane.run(async () => {
      const value = encodeJson({ devices: [...nextDevices].join(), messages: [...nextMessages].join() });
      if (!(await core.commit([{ op: 'put', key: keyOf.hidden(room), value }], 'relaxed'))) return false;
      [devices, messages] = [nextDevices, nextMessages];
      return true;
    });

  return {
    load: async () => {
      const kept = await core.storage.get(keyOf.hidden(room));
      const read = kept && decodeJson(kept.value, { devices: 'string', messages: 'string' });
      if (!read) return;
      devices = new Set(read.devices.split(',').flatMap((each) => parseDeviceId(each) ?? []));
      messages = new Set(read.messages.split(',').filter(Boolean));
    },
    has: (message) => devices.has(message.author) || messages.has(nameOf(message)),
    blocked: () => [...devices],
    messages: () => messages.size,
    hide: (message) => keep(devices, new Set([...messages, nameOf(message)].slice(-mostKept))),
    showAll: () => keep(devices, new Set()),
    block: (device, isBlocked) => {
      const others = [...devices].filter((each) => each !== device);
      return keep(new Set(isBlocked ? [...others, device].slice(-mostKept) : others), messages);
    },
  };
}

const nameOf = ({ author, id }: Pick<Spoken, 'author' | 'id'>): string => `${author}/${id}`;

const mostKept = 500;
