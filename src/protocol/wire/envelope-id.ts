/** The name of sealed bytes: computed by whoever has them, never carried. */
import { bytesToHex } from '@noble/hashes/utils.js';
import type { EnvelopeId } from '../ids.ts';
import type { Suite } from '../suite/suite.ts';

/** E5: a retry resends identical bytes, and so has the same. */
export const envelopeIdOf = (suite: Suite, envelope: Uint8Array): EnvelopeId =>
  bytesToHex(suite.hash(envelope).subarray(0, 16)) as EnvelopeId;
