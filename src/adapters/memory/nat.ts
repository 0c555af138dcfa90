/** What stands between a device and the world, and how often two such get through to each other without help. */

/**
 * `open`: reached by whoever knows the address. `cone`: one outer port for all, so a hole can be punched.
 * `symmetric`: another outer port for each far end. `blocked`: no UDP at all.
 */
export type NatKind = 'open' | 'cone' | 'symmetric' | 'blocked';

/**
 * The chance that a direct link between two kinds comes about. Two mixes blended by it hit what was measured:
 * `phones` 43 % (Stunner, DAIS 2019: 43.1 % of 544,175 WebRTC attempts between Android phones, STUN alone) and
 * `homes` 70 % (DCUtR in IPFS, arXiv 2510.27500: 70 ± 7.1 % of 4.4 million attempts). The single cells are ours.
 */
export const directChance = (one: NatKind, other: NatKind): number => chances[one][other];

const chances: Readonly<Record<NatKind, Readonly<Record<NatKind, number>>>> = {
  open: { open: 0.99, cone: 0.98, symmetric: 0.95, blocked: 0 },
  cone: { open: 0.98, cone: 0.92, symmetric: 0.15, blocked: 0 },
  symmetric: { open: 0.95, cone: 0.15, symmetric: 0.02, blocked: 0 },
  blocked: { open: 0, cone: 0, symmetric: 0, blocked: 0 },
};

export type NatMix = Readonly<Record<NatKind, number>>;

export const natMixes: Readonly<Record<'phones' | 'town' | 'homes', NatMix>> = {
  phones: { open: 0.04, cone: 0.58, symmetric: 0.3, blocked: 0.08 },
  town: { open: 0.08, cone: 0.64, symmetric: 0.22, blocked: 0.06 },
  homes: { open: 0.12, cone: 0.7, symmetric: 0.14, blocked: 0.04 },
};

/** `drawn`: at least 0, below 1. */
export const natFrom = (mix: NatMix, drawn: number): NatKind => {
  let below = 0;
  for (const kind of ['open', 'cone', 'symmetric'] as const) {
    below += mix[kind];
    if (drawn < below) return kind;
  }
  return 'blocked';
};
