/** What this device waits behind: a link into a room, until somebody there lets us in. And how it lies on the disk. */
import { bytesToHex, createReader, createWriter, hexToBytes } from '../../protocol/bytes.ts';
import { inviteSecretBytes } from '../../protocol/contact/invite-link.ts';
import type { MemberInvite } from '../../protocol/contact/invite-link.ts';
import type { OperationId } from '../../protocol/ids.ts';

export interface Wait extends Pick<MemberInvite, 'operation' | 'secret' | 'inviter' | 'expiresHour'> {
  /** It was said to let nobody in any more (F5). */
  readonly isOver: boolean;
}

export const writeWait = ({ operation, secret, inviter, expiresHour, isOver }: Wait): Uint8Array =>
  createWriter().fixed(hexToBytes(operation)).fixed(secret).fixed(inviter).u32(expiresHour).u8(Number(isOver)).done();

export function readWait(value: Uint8Array): Wait | null {
  const read = createReader(value);
  const operation = bytesToHex(read.fixed(32)) as OperationId;
  const secret = read.fixed(inviteSecretBytes);
  const inviter = read.fixed(16);
  const expiresHour = read.u32();
  // Versions before this one wrote nothing here.
  const isOver = read.rest()[0] === 1;
  return read.isGood() ? { operation, secret, inviter, expiresHour, isOver } : null;
}
