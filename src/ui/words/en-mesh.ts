/** The words of the live net: English. */
import type { MeshWords } from './mesh-words.ts';

export const enMesh: MeshWords = {
  picture: 'Your links by delay: the nearer to the middle, the faster',
  links: 'Links',
  relay: 'Relay',
  relayOpen: 'connected',
  relayConnecting: 'connecting',
  relayLost: 'lost, looking again',
  unnamed: 'Device without a known name',
  unmeasured: 'not measured yet',
  name: 'Name',
  path: 'Path',
  delay: 'Round trip',
  shared: 'Rooms shared',
  empty: 'Nobody is linked to this device now.',
  emptyHint: 'A neighbour appears here as soon as another device opens this page.',
  legend: 'Solid: direct. Dashed: through the relay or a neighbour.',
  score: (percent) => `Score ${percent}`,
  scoreOfFirst: 'The way there begins with another link: this is the score of that one.',
  byRule: 'Judged by the fixed rule, from four things:',
  byModel: 'Judged by the model on this device. What the rule looks at:',
  quick: 'How quick it is',
  stands: 'How much of the time it stood',
  answers: 'How often it answers',
  carries: 'How often what it passes on arrives',
};
