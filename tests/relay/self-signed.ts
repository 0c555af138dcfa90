/** Makes a certificate nobody but the test trusts: P-256, signed by itself, in a few lines of DER. */
import { generateKeyPairSync, sign } from 'node:crypto';
import { oid, seq, time, tlv } from '../../relay/der.ts';

export interface SelfSigned {
  readonly cert: string;
  readonly key: string;
}

export function selfSigned(names: readonly string[], addresses: readonly string[] = [], validDays = 30): SelfSigned {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = seq(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
  const name = seq(tlv(0x31, seq(oid(0x55, 0x04, 0x03), tlv(0x0c, Buffer.from(names[0] ?? 'wavu test')))));
  const alternatives = seq(
    ...names.map((each) => tlv(0x82, Buffer.from(each))),
    ...addresses.map((each) => tlv(0x87, Buffer.from(each.split('.').map(Number)))),
  );
  const body = seq(
    tlv(0xa0, tlv(0x02, Buffer.of(2))),
    tlv(0x02, Buffer.of(1)),
    algorithm,
    name,
    seq(time(Date.now() - 86_400_000), time(Date.now() + validDays * 86_400_000)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, seq(seq(oid(0x55, 0x1d, 0x11), tlv(0x04, alternatives)))),
  );
  const signature = sign('sha256', body, privateKey);
  const der = seq(body, algorithm, tlv(0x03, Buffer.of(0), signature));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
