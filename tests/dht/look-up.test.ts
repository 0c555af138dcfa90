/** Paths of a look-up share no server, whatever they are told; and what a liar says costs the path that asked it. */
import { expect, test } from 'vitest';
import { lookUp, lookUpRules } from '../../src/dht/look-up.ts';
import type { LookUp, LookUpAnswer } from '../../src/dht/look-up.ts';
import type { Server } from '../../src/dht/table.ts';
import { createRandom } from '../../src/adapters/memory/random.ts';
import { nearer } from '../../src/protocol/directory/distance.ts';
import { parsePeerId } from '../../src/protocol/ids.ts';
import type { PeerId } from '../../src/protocol/ids.ts';
import { record } from '../protocol/directory/decoders.ts';

const target = new Uint8Array(32);
const luck = createRandom('look-up');
const serverAt = (name: string, at: number): Server => ({
  peer: parsePeerId(`${name}${at.toString().padStart(5, '0')}`)!,
  address: `/memory/${name}-${at}`,
  effort: new Uint8Array(8),
  place: luck.bytes(32),
});
const sorted = (servers: readonly Server[]): readonly Server[] =>
  servers.toSorted((one, other) => nearer(target, one.place, other.place));

interface Looked {
  readonly result: LookUp;
  /** Of each server the paths on which it was asked. */
  readonly pathsOf: ReadonlyMap<PeerId, ReadonlySet<number>>;
  readonly questions: number;
  readonly liars: readonly Server[];
}

/** Answers come in an order of luck. */
function look(from: readonly Server[], all: readonly Server[], answer: (server: Server) => LookUpAnswer | null): Looked {
  const pathsOf = new Map<PeerId, Set<number>>();
  const byName = new Map(all.map((server) => [server.peer, server]));
  const waiting: (() => void)[] = [];
  const liars: Server[] = [];
  let questions = 0;
  let result: LookUp | null = null;
  lookUp(
    target,
    from,
    {
      ask: (server, path, done) => {
        questions += 1;
        pathsOf.set(server.peer, (pathsOf.get(server.peer) ?? new Set()).add(path));
        waiting.push(() => done(server.address === byName.get(server.peer)?.address ? answer(server) : null));
      },
      serverOf: (contact) => {
        const known = byName.get(contact.peer);
        return known === undefined ? null : { ...known, address: contact.address };
      },
      judge: ({ sequence }) => (sequence < 100 ? 'good' : sequence < 200 ? 'stale' : 'forged'),
      lied: (server) => void liars.push(server),
    },
    (done) => (result = done),
  );
  while (waiting.length > 0) waiting.splice(luck.below(waiting.length), 1)[0]!();
  if (result === null) throw new Error('it never ended');
  return { result, pathsOf, questions, liars };
}

const honest = Array.from({ length: 200 }, (_, at) => serverAt('good', at));
const bad = Array.from({ length: 85 }, (_, at) => serverAt('evil', at));
const near = sorted([...honest, ...bad]).slice(0, 16);
/** The nearest that it knows of. */
const told = (): LookUpAnswer => ({ contacts: near, record: null });

test('no server is asked on two paths, and none twice, though all name the same', () => {
  for (let at = 0; at < 50; at += 1) {
    const from = Array.from({ length: 16 }, () => honest[luck.below(honest.length)]!);
    const start = [...new Map(from.map((server) => [server.peer, server])).values()];
    const { result, pathsOf, questions } = look(start, [...honest, ...bad], told);
    expect([...pathsOf.values()].every((paths) => paths.size === 1)).toBe(true);
    expect(questions).toBe(pathsOf.size);
    expect(new Set(result.asked.flat()).size).toBe(questions);
    // The nearest of all are among those that answered.
    for (const { peer } of near.slice(0, 12)) expect(result.nearest.map((each) => each.peer)).toContain(peer);
  }
});

test('one path that is told of none but liars does not keep the others from what is there', () => {
  const start = [bad[0]!, ...honest.slice(0, 7)];
  const holds = new Set(near.filter(({ peer }) => peer.startsWith('good')).map(({ peer }) => peer));
  const { result } = look(start, [...honest, ...bad], ({ peer }) =>
    peer.startsWith('evil')
      ? { contacts: sorted(bad).slice(0, 16), record: null }
      : { contacts: near, record: holds.has(peer) ? record : null },
  );
  expect([result.found, result.paths >= 3]).toEqual([record, true]);
});

test('a forged record is no record, an older one is not the newest, and who forged is named', () => {
  const [forger, old, fresh] = [near[0]!, near[1]!, near[2]!];
  const { result, liars } = look(honest.slice(0, 8), [...honest, ...bad], ({ peer }) => ({
    contacts: near,
    record:
      peer === forger.peer
        ? { ...record, sequence: 200 }
        : peer === old.peer
          ? { ...record, sequence: 6 }
          : peer === fresh.peer
            ? record
            : null,
  }));
  expect([result.found?.sequence, liars]).toEqual([record.sequence, [forger]]);
});

test('a record that does not hold by our clock is none, and says nothing against whoever holds it', () => {
  const { result, liars } = look(honest.slice(0, 8), [...honest, ...bad], ({ peer }) => ({
    contacts: near,
    record: peer === near[0]!.peer ? { ...record, sequence: 100 } : peer === near[1]!.peer ? record : null,
  }));
  expect([result.found?.sequence, liars]).toEqual([record.sequence, []]);
  expect(result.nearest.map(({ peer }) => peer)).toContain(near[0]!.peer);
});

test('[D1] who says wrong addresses of honest servers keeps nobody from them', () => {
  const holders = sorted(honest).slice(0, 16);
  const holds = new Set(holders.map(({ peer }) => peer));
  const astray = holders.map((server) => ({ ...server, address: '/memory/nowhere' }));
  // The liars are asked first, and by most paths.
  for (let again = 0; again < 50; again += 1) {
    const start = [...bad.slice(0, 9), ...honest.filter(({ peer }) => !holds.has(peer)).slice(0, 3)];
    const { result, liars } = look(start, [...honest, ...bad], ({ peer }) => {
      if (!peer.startsWith('evil')) return { contacts: holders, record: holds.has(peer) ? record : null };
      const at = luck.below(8) * 2;
      return { contacts: astray.slice(at, at + 2), record: null };
    });
    expect([result.found, liars]).toEqual([record, []]);
    const found = new Set(result.nearest.map(({ peer }) => peer));
    expect(holders.filter(({ peer }) => found.has(peer)).length).toBeGreaterThanOrEqual(8);
  }
});

test('servers without end, servers that do not answer, and none at all: it ends, and says how little it knows', () => {
  let made = 0;
  const invented: Server[] = [];
  const endless = (): LookUpAnswer => {
    const more = Array.from({ length: 16 }, () => ({
      ...serverAt('made', (made += 1)),
      place: Uint8Array.from({ length: 32 }, (_, at) => (at < 4 ? 255 - (made >> (8 * (3 - at))) : 0) & 255),
    }));
    invented.push(...more);
    for (const server of more) byName.push(server);
    return { contacts: more, record: null };
  };
  const byName: Server[] = [...honest];
  const floods = look(honest.slice(0, 8), byName, endless);
  expect(floods.questions).toBeLessThanOrEqual(lookUpRules.paths * lookUpRules.mostAsked);
  const silent = look(honest.slice(0, 8), honest, () => null);
  expect([silent.result.found, silent.result.paths, silent.questions]).toEqual([null, 0, 8]);
  const nobody = look([], honest, told);
  expect([nobody.result.paths, nobody.questions]).toEqual([0, 0]);
});
