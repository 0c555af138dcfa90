/** The words of the live net: Spanish. */
import type { MeshWords } from './mesh-words.ts';

export const esMesh: MeshWords = {
  picture: 'Tus enlaces según el retardo: cuanto más cerca del centro, más rápido',
  links: 'Enlaces',
  relay: 'Relé',
  relayOpen: 'conectado',
  relayConnecting: 'conectando',
  relayLost: 'perdido, buscando de nuevo',
  unnamed: 'Dispositivo sin nombre conocido',
  unmeasured: 'aún sin medir',
  name: 'Nombre',
  path: 'Camino',
  delay: 'Ida y vuelta',
  shared: 'Salas en común',
  empty: 'Nadie está enlazado ahora con este dispositivo.',
  emptyHint: 'Un vecino aparece aquí en cuanto otro dispositivo abre esta página.',
  legend: 'Continuo: directo. Discontinuo: por el relé o un vecino.',
  score: (percent) => `Nota ${percent}`,
  scoreOfFirst: 'El camino empieza por otro enlace: esta es la nota de aquel.',
  byRule: 'Juzgado por la regla fija, según cuatro cosas:',
  byModel: 'Juzgado por el modelo de este dispositivo. En lo que se fija la regla:',
  quick: 'Lo rápido que es',
  stands: 'Cuánto del tiempo estuvo en pie',
  answers: 'Con qué frecuencia responde',
  carries: 'Con qué frecuencia llega lo que pasa a otros',
};
