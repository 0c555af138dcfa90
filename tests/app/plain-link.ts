/** A link that takes whatever it is given. */
import type { Link } from '../../src/ports/network.ts';
import type { PeerId } from '../../src/protocol/ids.ts';

export const linkTo = (peer: string, end: Link['end']): Link => ({
  id: peer,
  peer: peer as PeerId,
  end,
  opener: 'us',
  path: 'webrtc',
  maxFrameBytes: 32_768,
  state: () => 'open',
  send: () => 'sent',
  close: () => undefined,
});
