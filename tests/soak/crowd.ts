/**
 * Many devices in one process, in rooms of a few, all at one relay: `node tests/soak/crowd.ts URL COUNT`. Each writes once a minute. It tells
 * in lines of JSON how many are in, and on being asked (a line `count`) what arrived; when its standard input ends, it ends.
 */
import { createInterface } from 'node:readline';
import type { App } from '../../src/app/app.ts';
import type { RoomId } from '../../src/protocol/ids.ts';
import { openDevice, untilView } from './device.ts';

const [url = '', wanted = '8'] = process.argv.slice(2);
const count = Number(wanted);
const roomSize = 8;
const everyMs = 60_000;
/** What was said since may be under way. */
const settledMs = 10_000;

const tell = (facts: object): void => void process.stdout.write(`${JSON.stringify(facts)}\n`);
const isIn = (app: App): boolean => app.view().mesh.relay?.state === 'open';

const devices: { readonly app: App; readonly room: RoomId }[] = [];
let invite = '';
for (let at = 0; at < count; at += 1) {
  const app = await openDevice(`Device ${at}`, url);
  const room = at % roomSize === 0 ? await app.startRoom(`Room ${at / roomSize}`, 'open') : await app.joinRoom(invite);
  if (room === null) throw new Error(`device ${at} is in no room`);
  if (at % roomSize === 0) invite = app.view().rooms.find(({ id }) => id === room)?.invite ?? '';
  await untilView(app, () => isIn(app));
  await app.show(room);
  devices.push({ app, room });
}
for (const { app, room } of devices) {
  // The last room may be smaller.
  const others = devices.filter((each) => each.room === room).length - 1;
  await untilView(
    app,
    (view) => (view.rooms.find(({ id }) => id === room)?.people.filter(({ here }) => here).length ?? 0) >= others,
  );
}

let said = 0;
for (const [at, { app, room }] of devices.entries()) {
  const say = async (): Promise<void> => {
    setTimeout(() => void say(), everyMs);
    if (await app.send(room, `Word ${(said += 1)} of device ${at}`)) return;
    tell({ notSent: at });
  };
  setTimeout(() => void say(), (at / count) * everyMs);
}

let isInNow = count;
for (const { app } of devices) {
  let was = true;
  app.subscribe(() => {
    const is = isIn(app);
    if (is === was) return;
    was = is;
    tell({ in: (isInNow += is ? 1 : -1) });
  });
}
tell({ in: count });

createInterface({ input: process.stdin })
  .on('line', () => {
    const oldMs = Date.now() - settledMs;
    const marks = devices.flatMap(({ app }) =>
      Object.values(app.view().timelines).flatMap(({ messages }) =>
        messages.flatMap(({ mark, sentAtMs }) => (sentAtMs < oldMs ? (mark ?? []) : [])),
      ),
    );
    tell({ said, waiting: marks.filter(({ state }) => state === 'waiting').length });
  })
  .on('close', () => process.exit(0));
