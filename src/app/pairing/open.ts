/** Makes pairing ready: loaded when somebody first wants it, so that a start does not pay for it. */
import type { Core } from '../core.ts';
import type { Network } from '../../ports/network.ts';
import type { Suite } from '../../protocol/suite/suite.ts';
import { createPairing } from './pairing.ts';
import type { Pairing, PairingHands } from './pairing.ts';

export type OpenPairing = (core: Core, network: Promise<Network>, hands: PairingHands) => Pairing;

export const openPairingWith =
  (suite: Suite): OpenPairing =>
  (core, network, hands) =>
    createPairing(core, network, suite, hands);
