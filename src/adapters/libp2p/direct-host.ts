/** A relay's second door: webrtc-direct on UDP, with a certificate that stays and somebody who counts those who knock. */
import type { Listener, Transport } from '@libp2p/interface';
import { webRTCDirect } from '@libp2p/webrtc';
import type { WebRTCDirectTransportComponents } from '@libp2p/webrtc';

export interface DirectHost {
  /** IPv4; 0.0.0.0 for every one. */
  readonly host: string;
  /** UDP; 0: any free one. */
  readonly port: number;
  /** UDP, of links begun by hand; one that is free. */
  readonly handPort: number;
  readonly certificate: { readonly pem: string; readonly privateKey: string; readonly certhash: string };
  /** Null: no room for somebody from there. */
  readonly admit: (address: string) => DirectVisit | null;
}
export interface DirectVisit {
  /** The handshake is over. */
  shaken(): void;
  gone(): void;
}

/** libp2p makes a native connection for every knock without counting them; here is where it does so. */
interface KnockedListener {
  incomingConnection?: (ufrag: string, host: string, port: number, signal: AbortSignal) => Promise<void>;
  readonly connections?: ReadonlyMap<string, EventTarget>;
}

export function directHost({ certificate, admit }: DirectHost): (components: WebRTCDirectTransportComponents) => Transport {
  return (components) => {
    // No ICE servers: the default asks four companies' for each who comes, and a relay is where its address says.
    const transport = webRTCDirect({ certificate, rtcConfiguration: { iceServers: [] } })(components);
    const createListener = transport.createListener.bind(transport);
    transport.createListener = (options) => {
      const listener = createListener(options);
      count(listener as Listener & KnockedListener, admit);
      return listener;
    };
    return transport;
  };
}

function count(listener: KnockedListener, admit: DirectHost['admit']): void {
  const { connections } = listener;
  const connect = listener.incomingConnection?.bind(listener);
  if (connect === undefined || connections === undefined) throw new Error('webrtc changed: look at direct-host.ts');
  listener.incomingConnection = async (ufrag, host, port, signal) => {
    const key = `${host}:${port}:${ufrag}`;
    // They knock until somebody answers.
    if (connections.has(key)) return;
    const visit = admit(host);
    if (visit === null) return;
    try {
      await connect(ufrag, host, port, signal);
    } catch (error) {
      visit.gone();
      throw error;
    }
    visit.shaken();
    const connection = connections.get(key);
    if (connection === undefined) visit.gone();
    else {
      connection.addEventListener('connectionstatechange', () => {
        if (!connections.has(key)) visit.gone();
      });
    }
  };
}
