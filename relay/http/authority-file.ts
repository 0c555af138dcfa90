/** Hands out the relay's own certificate authority, for people to trust. */
import type { Authority } from '../lan-authority.ts';
import { plain } from './answer.ts';
import type { Answer } from './answer.ts';

/** The ending is what systems open it by. */
export const authorityPath = '/wavu-authority.crt';

export const authorityFile = ({ der }: Authority): Answer => ({
  ...plain(200, '', { 'content-type': 'application/x-x509-ca-cert' }),
  body: der,
});
