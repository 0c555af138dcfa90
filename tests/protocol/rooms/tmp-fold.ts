import { createUnsafeCountedSuite } from '../../simulation/unsafe-counted-suite.ts';
import { emptyGraph, insert, viewNow } from '../../../src/protocol/rooms/graph.ts';
import { at } from '../../../src/protocol/rooms/shared-list.ts';
import { digestOf } from './digest.ts';
import { createOracle } from './oracle.ts';
import { actorsOf, randomRoom, shuffled } from './random-graph.ts';
import { diceOf, good, startMs } from './stage.ts';
const suite = createUnsafeCountedSuite(); const actors = actorsOf(suite);
let bad = 0, n = 0; const t = Date.now(); const seed = process.argv[2];
while (Date.now() - t < 55000) {
  const name = `${seed} ${n++}`;
  const { operations } = randomRoom(suite, actors, name, 4 + (n % 24));
  const graphs = [operations, shuffled(operations, diceOf(name))].map((o) => o.reduce((g, one) => good(insert(suite, g, one, startMs)).graph, emptyGraph(operations[0]!.room)));
  const counted = createOracle(suite, operations).counts(operations.map((o) => o.id));
  const v = viewNow(graphs[0]!);
  const wrong = graphs[0]!.known.nodes.filter((x) => (at(v.verdicts, x.number) === 'counts') !== counted.has(x.operation.id));
  if (digestOf(graphs[0]!) !== digestOf(graphs[1]!) || wrong.length) { bad++; console.log('BAD', name, wrong.length); }
}
console.log({ n, bad });
