/** Asks the system which UDP port can be had: the native listener only says that it failed. */
import { createSocket } from 'node:dgram';
import { codeOf } from './error-code.ts';

/** The system's code, or null where the port is free. */
export async function udpRefusal(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', (error) => {
      socket.close();
      resolve(codeOf(error) ?? error.name);
    });
    socket.bind({ address: host, port, exclusive: true }, () => socket.close(() => resolve(null)));
  });
}

/** That one, so that a host can let it through a wall; else any. */
export async function freeUdpPort(host: string, wanted: number): Promise<number> {
  if (wanted > 0 && wanted <= 65_535 && (await udpRefusal(host, wanted)) === null) return wanted;
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', reject);
    socket.bind({ address: host, port: 0, exclusive: true }, () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}
