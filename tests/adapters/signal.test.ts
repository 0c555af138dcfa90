/** The bytes of a hand-carried signal: small, exact, and never trusted into an SDP. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeSignal, encodeSignal, fromSdp, toSdp } from '../../src/adapters/libp2p/signal-bytes.ts';
import type { Signal } from '../../src/adapters/libp2p/signal-bytes.ts';
import { formatHost, parseHost } from '../../src/adapters/libp2p/signal-hosts.ts';
import { isRefusal } from '../../src/protocol/refusal.ts';

const chromium = `v=0
o=- 4611731400430051336 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
a=extmap-allow-mixed
a=msid-semantic: WMS
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=candidate:1 1 udp 2113937151 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0.local 50000 typ host generation 0 network-cost 999
a=candidate:2 1 udp 2113939711 2001:db8::7 50001 typ host generation 0
a=candidate:3 1 udp 1677729535 203.0.113.5 50002 typ srflx raddr 0.0.0.0 rport 0 generation 0
a=candidate:4 1 tcp 1518280447 192.168.1.2 9 typ host tcptype active
a=candidate:5 1 udp 2113939711 fe80::1 50003 typ host
a=ice-ufrag:Ab+/
a=ice-pwd:abcdefghijklmnopqrstuvwx
a=ice-options:trickle
a=fingerprint:sha-256 ${Array.from({ length: 32 }, (_, at) => at.toString(16).padStart(2, '0').toUpperCase()).join(':')}
a=setup:actpass
a=mid:0
a=sctp-port:5000
a=max-message-size:262144
`.replaceAll('\n', '\r\n');
const parts = { kind: 'offer', key: new Uint8Array(32).fill(7), to: new Uint8Array(0) } as const;
const signal: Signal = fromSdp(chromium, parts)!;

test('takes out of an SDP what matters, and small', () => {
  expect(signal.candidates.map(({ kind, host, port }) => `${kind} ${formatHost(host)} ${port}`)).toEqual([
    'host 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0.local 50000',
    'host 2001:0db8:0000:0000:0000:0000:0000:0007 50001',
    'reflexive 203.0.113.5 50002',
  ]);
  expect(encodeSignal(signal).length).toBeLessThan(160);
});

test('comes back whole, and again out of the SDP made of it', () => {
  const answer: Signal = { ...signal, kind: 'answer', setup: 'passive', to: new Uint8Array(8).fill(3) };
  for (const each of [signal, answer]) {
    expect(decodeSignal(encodeSignal(each))).toEqual(each);
    expect(fromSdp(toSdp(each, each.setup), each)).toEqual(each);
  }
});

test('cut, lengthened or of another version: refused', () => {
  const bytes = encodeSignal(signal);
  for (let end = 0; end < bytes.length; end += 1) expect(isRefusal(decodeSignal(bytes.subarray(0, end)))).toBe(true);
  expect(isRefusal(decodeSignal(Uint8Array.of(...bytes, 0)))).toBe(true);
  expect(decodeSignal(Uint8Array.of(2, ...bytes.subarray(1)))).toEqual({ refused: 'unknown-version' });
});

test('nothing gets into an SDP that could end its line', () => {
  for (const ufrag of ['abcd\r\na=x', 'ab cd', 'a', 'é€üß']) {
    expect(isRefusal(decodeSignal(encodeSignal({ ...signal, ufrag })))).toBe(true);
    expect(isRefusal(decodeSignal(encodeSignal({ ...signal, password: ufrag })))).toBe(true);
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (junk) => {
      const decoded = decodeSignal(Uint8Array.of(1, ...junk));
      if (!isRefusal(decoded)) expect(toSdp(decoded, 'active').split('\r\n').length).toBeLessThan(25);
    }),
  );
});

test('hosts are read strictly', () => {
  for (const text of ['256.1.1.1', '1.2.3', 'example.com', 'x.local', 'fe80::1', '1::2::3', '::12345', '1:2:3:4:5:6:7', '']) {
    expect(parseHost(text)).toBeNull();
  }
  for (const text of ['::', '::1', '1::', '1:2:3:4:5:6:7:8', '10.0.0.1']) expect(parseHost(text)).not.toBeNull();
});
