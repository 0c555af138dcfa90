/** Round trips for the harness: bytes of a kind the app never sees, sealed by the protocol's own hands, or real messages. */
import type { App } from './app/app.ts';
import type { RoomView } from './app/view.ts';
import type { Link } from './ports/network.ts';
import { decodeContent, encodeContent, newMessageId } from './protocol/content.ts';
import type { DeviceKey } from './protocol/device.ts';
import { findRoom, nonceBytes, openEnvelope, seal } from './protocol/envelope.ts';
import { isRefusal } from './protocol/refusal.ts';
import type { Refusal } from './protocol/refusal.ts';
import type { RoomKeys } from './protocol/room-keys.ts';

/** `sealed`: an envelope. `room`: signed and sealed, opened and verified. `durable`: the app's own messages. */
export type EchoKind = 'plain' | 'sealed' | 'room' | 'durable';

export interface Echo {
  run(count: number, sizeBytes: number, kind: EchoKind): Promise<readonly number[]>;
  /** An echo frame came; the other page answers by itself. */
  take(link: Link, frame: Uint8Array): void;
}

export interface EchoParts {
  readonly app: App;
  readonly link: () => Link;
  readonly rooms: () => readonly RoomKeys[];
  readonly device: () => Promise<DeviceKey>;
}

/** No frame of a version of ours begins so. */
const echoVersion = 0xbe;
const kinds: readonly EchoKind[] = ['plain', 'sealed', 'room'];
const headBytes = 3;

export const isEchoFrame = (frame: Uint8Array): boolean => frame[0] === echoVersion;

export function createEcho({ app, link, rooms, device }: EchoParts): Echo {
  let key: DeviceKey | null = null;
  let answered: (() => void) | null = null;
  let known: readonly RoomKeys[] = [];
  const answeredTexts = new Set<string>();

  const close = (kind: EchoKind, room: RoomKeys, body: Uint8Array): Uint8Array => {
    if (kind === 'plain') return body;
    return must(seal(room, kind === 'room' ? signed(room, body) : body, luck(nonceBytes)));
  };
  const signed = (room: RoomKeys, body: Uint8Array): Uint8Array => {
    const mine = key ?? fail('no device key');
    const id = newMessageId(luck(16));
    // One letter a byte: the text is as long as the bytes that other kinds carry.
    const text = String.fromCharCode(...body.map((byte) => byte & 0x7f));
    return encodeContent({ kind: 'message', author: mine.id, id, n: 1, sentAtMs: Date.now(), name: '', text }, room.id, mine);
  };
  const open = (kind: EchoKind, bytes: Uint8Array): { readonly room: RoomKeys; readonly body: Uint8Array } => {
    if (kind === 'plain') return { room: known[0] ?? fail('no room'), body: bytes };
    const room = must(findRoom(known, bytes));
    const inner = must(openEnvelope(room, bytes));
    if (kind === 'sealed') return { room, body: inner };
    const content = must(decodeContent(inner, room.id));
    return { room, body: new TextEncoder().encode(content.kind === 'message' ? content.text : '') };
  };
  const prepare = async (): Promise<void> => {
    key ??= await device();
    known = rooms();
  };
  const frameOf = (kind: EchoKind, isAnswer: boolean, bytes: Uint8Array): Uint8Array => {
    const frame = new Uint8Array(headBytes + bytes.length);
    frame.set([echoVersion, kinds.indexOf(kind), isAnswer ? 1 : 0]);
    frame.set(bytes, headBytes);
    return frame;
  };

  /** Its answer is ready before the next is asked. */
  const answer = (from: Link, kind: EchoKind, bytes: Uint8Array): void => {
    const { room, body } = open(kind, bytes);
    from.send(frameOf(kind, true, close(kind, room, body)));
  };

  const trip = async (to: Link, room: RoomKeys, kind: EchoKind, body: Uint8Array): Promise<number> => {
    const startedAtMs = performance.now();
    const back = new Promise<void>((resolve) => (answered = resolve));
    if (to.send(frameOf(kind, false, close(kind, room, body))) !== 'sent') fail('the link takes nothing');
    await back;
    return performance.now() - startedAtMs;
  };

  const sharedRoom = (): RoomView =>
    app.view().rooms.find((room) => room.kind === 'open' && room.people.some((person) => person.here)) ?? fail('alone');

  /** Through the app itself on both sides: stored here, sent, stored there, and the same back. */
  const durableTrip = async (n: number, sizeBytes: number): Promise<number> => {
    const room = sharedRoom();
    const text = `echo ${n} ${room.id} `.padEnd(sizeBytes, '.');
    const startedAtMs = performance.now();
    const back = new Promise<void>((resolve) => {
      const stop = app.subscribe(() => {
        const last = app.view().rooms.find(({ id }) => id === room.id)?.last;
        if (last?.mine !== false || last.text !== text.replace('echo', 'back')) return;
        stop();
        resolve();
      });
    });
    if (!(await app.send(room.id, text))) fail('not sent');
    await back;
    return performance.now() - startedAtMs;
  };

  app.subscribe(() => {
    for (const { id, last } of app.view().rooms) {
      if (last === null || last.mine || !last.text.startsWith('echo ') || answeredTexts.has(last.text)) continue;
      answeredTexts.add(last.text);
      void app.send(id, last.text.replace('echo', 'back'));
    }
  });

  return {
    take: (from, frame) => {
      const kind = kinds[frame[1] ?? 0] ?? 'plain';
      const bytes = frame.subarray(headBytes);
      if (frame[2] === 1) {
        open(kind, bytes);
        answered?.();
      } else if (key === null) void prepare().then(() => answer(from, kind, bytes));
      else answer(from, kind, bytes);
    },
    run: async (count, sizeBytes, kind) => {
      await prepare();
      const body = luck(sizeBytes);
      const tripsMs: number[] = [];
      const [to, shared] = [link(), sharedRoom().id];
      const room = known.find(({ id }) => id === shared) ?? fail('no room');
      for (let n = 0; n < count; n += 1) {
        tripsMs.push(await (kind === 'durable' ? durableTrip(trips++, sizeBytes) : trip(to, room, kind, body)));
      }
      return tripsMs;
    },
  };
}

let trips = 0;

const luck = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));

function must<Value extends object>(value: Value | Refusal): Value {
  if (isRefusal(value)) fail('refused');
  return value as Value;
}

function fail(why: string): never {
  throw new Error(`echo: ${why}`);
}
