/** As whom a relay for members takes whoever showed a key; `nobody`: by that key nobody comes in. */
export type EnteredAs = (typeof entrances)[number];
export const entrances = ['nobody', 'member', 'owner'] as const;
