/** The bytes of signals, by hand and of a dial: small, exact, and never trusted into an SDP. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  decodeDialSignal,
  decodeHandSignal,
  encodeDialSignal,
  encodeHandSignal,
} from '../../src/adapters/libp2p/signal-bytes.ts';
import { formatCandidate, fromSdp, parseCandidate, toSdp } from '../../src/adapters/libp2p/signal-bytes.ts';
import type { DialSignal, HandSignal } from '../../src/adapters/libp2p/signal-bytes.ts';
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
const description = fromSdp(chromium, 'offer')!;
const offer: HandSignal = {
  ...description,
  kind: 'offer',
  answerer: 'peer',
  key: new Uint8Array(32).fill(7),
  to: new Uint8Array(0),
};
const answer: HandSignal = { ...offer, kind: 'answer', setup: 'passive', to: new Uint8Array(8).fill(3) };
const ofDial: readonly DialSignal[] = [
  { ...description, kind: 'offer' },
  { ...description, kind: 'answer', setup: 'active' },
  { kind: 'more', candidates: description.candidates.slice(1) },
  { kind: 'end' },
];

test('takes out of an SDP what matters, and small', () => {
  expect(description.candidates.map(({ kind, host, port }) => `${kind} ${formatHost(host)} ${port}`)).toEqual([
    'host 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0.local 50000',
    'host 2001:0db8:0000:0000:0000:0000:0000:0007 50001',
    'reflexive 203.0.113.5 50002',
  ]);
  expect(encodeHandSignal(offer).length).toBeLessThan(160);
  expect(ofDial.map((signal) => encodeDialSignal(signal).length)).toEqual([113, 113, 30, 1]);
});

test('comes back whole, and again out of the SDP made of it', () => {
  for (const each of [offer, answer, ...[offer, answer].map((one): HandSignal => ({ ...one, answerer: 'relay' }))]) {
    expect(decodeHandSignal(encodeHandSignal(each))).toEqual(each);
    expect({ ...each, ...fromSdp(toSdp(each, each.setup), each.kind) }).toEqual(each);
  }
  for (const each of ofDial) expect(decodeDialSignal(encodeDialSignal(each))).toEqual(each);
  for (const each of description.candidates) expect(parseCandidate(formatCandidate(each, 3))).toEqual(each);
});

test('cut, lengthened or of another version: refused', () => {
  const read = [
    ...[offer, answer].map((each) => [encodeHandSignal(each), decodeHandSignal] as const),
    ...ofDial.map((each) => [encodeDialSignal(each), decodeDialSignal] as const),
  ];
  for (const [bytes, decode] of read) {
    for (let end = 0; end < bytes.length; end += 1) expect(isRefusal(decode(bytes.subarray(0, end)))).toBe(true);
    expect(isRefusal(decode(Uint8Array.of(...bytes, 0)))).toBe(true);
  }
  expect(decodeHandSignal(Uint8Array.of(2, ...encodeHandSignal(offer).subarray(1)))).toEqual({ refused: 'unknown-version' });
  expect(decodeDialSignal(Uint8Array.of(4))).toEqual({ refused: 'unknown-kind' });
});

test('nothing gets into an SDP that could end its line', () => {
  for (const text of ['abcd\r\na=x', 'ab cd', 'a', 'é€üß']) {
    for (const bad of [{ ufrag: text }, { password: text }]) {
      expect(isRefusal(decodeHandSignal(encodeHandSignal({ ...offer, ...bad })))).toBe(true);
      expect(isRefusal(decodeDialSignal(encodeDialSignal({ ...description, kind: 'offer', ...bad })))).toBe(true);
    }
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (junk) => {
      for (const decoded of [decodeHandSignal(Uint8Array.of(1, ...junk)), decodeDialSignal(Uint8Array.of(0, ...junk))]) {
        if (!isRefusal(decoded) && 'setup' in decoded) expect(toSdp(decoded, 'active').split('\r\n').length).toBeLessThan(25);
      }
    }),
  );
});

test('hosts are read strictly', () => {
  for (const text of ['256.1.1.1', '1.2.3', 'example.com', 'x.local', 'fe80::1', '1::2::3', '::12345', '1:2:3:4:5:6:7', '']) {
    expect(parseHost(text)).toBeNull();
  }
  for (const text of ['::', '::1', '1::', '1:2:3:4:5:6:7:8', '10.0.0.1']) expect(parseHost(text)).not.toBeNull();
});
