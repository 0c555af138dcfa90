/** A relay on a port of its own, for tests: the node side alone, behind a bare HTTP server. */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { startRelayNode } from '../../relay/node.ts';
import type { RelayNode, RelayNodeSettings } from '../../relay/node.ts';
import type { Clock } from '../../src/ports/clock.ts';

export interface RelayHouse {
  readonly node: RelayNode;
  readonly port: number;
  readonly address: string;
  /** Pulls the plug: no goodbye. */
  kill(): Promise<void>;
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  ticksMs: () => performance.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

export interface HouseSettings extends Partial<RelayNodeSettings> {
  readonly port?: number;
}

export async function openHouse(settings: HouseSettings = {}): Promise<RelayHouse> {
  const node = await startRelayNode({
    identityKey: new Uint8Array(randomBytes(32)),
    clock: systemClock,
    entropy: { bytes: (length) => new Uint8Array(randomBytes(length)) },
    log: () => {},
    ...settings,
  });
  const sockets = new Set<Socket>();
  const server = createServer((_request, response) => response.writeHead(404).end());
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (request, socket, head) => node.acceptUpgrade(request, socket, head));
  await new Promise<void>((resolve) => server.listen(settings.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    node,
    port,
    address: `/ip4/127.0.0.1/tcp/${port}/ws`,
    kill: async () => {
      const gone = new Promise<void>((resolve) => void server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await node.close();
      await gone;
    },
  };
}
