/** [D5] Names that strangers say are looked up where a silent name server costs nothing but the wait. */
import { createSocket } from 'node:dgram';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createResolve, outward } from '../../relay/outward.ts';
import type { Opened } from '../../src/ports/network.ts';

/** A name server: what it answers for IPv4 and IPv6 of each first label; silent for all others. */
const zone: Readonly<Record<string, readonly (readonly number[] | null)[]>> = {
  four: [[203, 0, 113, 9], null],
  both: [
    [203, 0, 113, 9],
    [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9],
  ],
  house: [
    [203, 0, 113, 9],
    [0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9],
  ],
};
const socket = createSocket('udp4');
let resolve: ReturnType<typeof createResolve>;

beforeAll(async () => {
  socket.on('message', (asked, from) => {
    const label = asked.subarray(13, 13 + asked[12]!).toString();
    const end = asked.indexOf(0, 12) + 5;
    const isSix = asked.readUInt16BE(end - 4) === 28;
    const answers = zone[label];
    if (answers === undefined) return;
    const data = answers[isSix ? 1 : 0];
    const head = Buffer.from([...asked.subarray(0, 2), 0x81, 0x80, 0, 1, 0, data ? 1 : 0, 0, 0, 0, 0]);
    const record = data ? [0xc0, 12, 0, isSix ? 28 : 1, 0, 1, 0, 0, 0, 1, 0, data.length, ...data] : [];
    socket.send(Buffer.concat([head, asked.subarray(12, end), Buffer.from(record)]), from.port, from.address);
  });
  await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
  resolve = createResolve([`127.0.0.1:${socket.address().port}`]);
});
afterAll(() => void socket.close());

const opens = async (label: string): Promise<boolean> => {
  let times = 0;
  const open = async (): Promise<Opened> => {
    times += 1;
    return { state: 'refused', why: 'unreachable' };
  };
  const address = `/dns4/${label}.example/tcp/443/tls/ws`;
  await outward(open, '/dns4/own.example/tcp/443/tls/ws', [], resolve)(address, new AbortController().signal);
  return times === 1;
};

test('a name with addresses of the internet is gone to, one with any of a house is not', async () => {
  expect(await Promise.all(['four', 'both', 'house'].map(opens))).toEqual([true, true, false]);
});

test('names whose server is silent are given up within seconds, and keep nobody here from reading a file', async () => {
  const beganMs = performance.now();
  const silent = Promise.all(Array.from({ length: 32 }, async (_, at) => opens(`silent${at}`)));
  await readFile(import.meta.filename);
  expect(performance.now() - beganMs).toBeLessThan(1_000);
  expect(await silent).toEqual(Array(32).fill(false));
  expect(performance.now() - beganMs).toBeLessThan(8_000);
});
