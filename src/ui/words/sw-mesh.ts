/** The words of the live net: Swahili. */
import type { MeshWords } from './mesh-words.ts';

export const swMesh: MeshWords = {
  picture: 'Viungo vyako kwa ucheleweshaji: kilicho karibu na katikati ndicho cha haraka zaidi',
  links: 'Viungo',
  relay: 'Kituo',
  relayOpen: 'kimeunganishwa',
  relayConnecting: 'kinaunganishwa',
  relayLost: 'kimepotea, kinatafutwa tena',
  unnamed: 'Kifaa kisichojulikana jina',
  unmeasured: 'bado hakijapimwa',
  name: 'Jina',
  path: 'Njia',
  delay: 'Kwenda na kurudi',
  shared: 'Vyumba vya pamoja',
  empty: 'Hakuna aliyeunganishwa na kifaa hiki sasa.',
  emptyHint: 'Jirani ataonekana hapa mara kifaa kingine kitakapofungua ukurasa huu.',
  legend: 'Mstari kamili: moja kwa moja. Mstari uliokatika: kupitia kituo au jirani.',
  score: (percent) => `Alama ${percent}`,
  scoreOfFirst: 'Njia ya kwenda huko huanza kwa kiungo kingine: hii ni alama ya hicho.',
  byRule: 'Imepimwa kwa kanuni isiyobadilika, kwa mambo manne:',
  byModel: 'Imepimwa na modeli iliyo kwenye kifaa hiki. Kanuni huangalia:',
  quick: 'Ni cha haraka kiasi gani',
  stands: 'Kimesimama kwa sehemu gani ya muda',
  answers: 'Hujibu mara ngapi',
  carries: 'Kinachopitisha hufika mara ngapi',
};
