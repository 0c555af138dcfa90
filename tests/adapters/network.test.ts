/** The network contract on libp2p: a relay's host and pages, all in this process, over loopback. */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import { describe, test } from 'vitest';
import { makeDirectCertificate, readDirectCertificate } from '../../relay/direct-certificate.ts';
import { freeUdpPort } from '../../relay/udp-port.ts';
import { openNetwork } from '../../src/adapters/libp2p/page.ts';
import { openRelayHost } from '../../src/adapters/libp2p/relay-host.ts';
import type { Network } from '../../src/ports/network.ts';
import { networkContract } from '../contracts/network.contract.ts';
import type { NetworkSubject } from '../contracts/network.contract.ts';
import { createConnection } from './people.ts';
import { systemClock } from './relay-house.ts';

describe('libp2p', () => {
  for (const each of networkContract('[network]', openSubject)) test(each.name, each.run, 30_000);
});

async function openSubject(): Promise<NetworkSubject> {
  const host = await openRelayHost({
    identityKey: new Uint8Array(randomBytes(32)),
    publicAddresses: [],
    direct: {
      host: '127.0.0.1',
      port: 0,
      handPort: await freeUdpPort('127.0.0.1', 0),
      certificate: readDirectCertificate(makeDirectCertificate(Date.now()))!,
      admit: () => null,
    },
    topics: ['square'],
    mayConnect: true,
    maxPages: 64,
    handshakeMs: 5_000,
    log: () => {},
  });
  const open = new Set<Socket>();
  const server = createServer();
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  server.on('connection', (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  server.on('upgrade', (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (accepted) => {
      void host.acceptSocket(accepted, { address: '127.0.0.1', port: request.socket.remotePort ?? 0 }, socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  const refused = { state: 'refused', why: 'bad-address' } as const;
  const relay: Network = {
    self: host.self,
    links: host.book.links,
    listen: host.book.listen,
    openRelay: async () => refused,
    openPeer: async () => refused,
    takeSignal: () => undefined,
    offer: async () => Promise.reject(new Error('a relay makes no offers')),
    answer: async (offer, signal) => host.hand?.answer(offer, ['127.0.0.1'], signal) ?? refused,
    // It carries the topics that it began with.
    join: () => ({ publish: () => undefined, leave: () => undefined }),
    close: host.close,
  };
  const pages: Network[] = [];
  return {
    relay,
    relayAddress: `/ip4/127.0.0.1/tcp/${port}/ws`,
    deadAddress: '/ip4/127.0.0.1/tcp/9/ws',
    clock: systemClock,
    page: async () => {
      const page = await openNetwork({ log: () => {}, createConnection });
      pages.push(page);
      return page;
    },
    dispose: async () => {
      await Promise.all(pages.map(async (page) => page.close()));
      await host.close();
      for (const socket of open) socket.destroy();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}
