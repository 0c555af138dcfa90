/** Pairing with the page's own cryptography, loaded when somebody wants it. */
import { openPairingWith } from './app/pairing/open.ts';
import type { OpenPairing } from './app/pairing/open.ts';
import { nobleSuite } from './protocol/suite/noble.ts';

export const openPairing: OpenPairing = openPairingWith(nobleSuite);
