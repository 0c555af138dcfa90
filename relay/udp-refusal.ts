/** Asks the system whether a UDP port can be had: the native listener only says that it failed. */
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
