/** The noble suite as a subject of vectors, in Node and in pages. */
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { nobleSuite } from '../../../src/protocol/suite/noble.ts';
import type { Subject } from './check.ts';

export const nobleSubject: Subject = {
  suite: nobleSuite,
  expandedDecapsulate: (key, ciphertext) => {
    try {
      return ml_kem768.decapsulate(ciphertext, key);
    } catch {
      return null;
    }
  },
};
