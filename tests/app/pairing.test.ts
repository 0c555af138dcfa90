/** Two people connect by two codes carried by hand, in a world where no relay was ever started. */
import { expect, test } from 'vitest';
import { nodeCryptoSuite } from '../../src/adapters/node-crypto/suite.ts';
import { greet, readGreeting } from '../../src/app/pairing/greeting.ts';
import { toBase64url } from '../../src/protocol/bytes.ts';
import { decodePairingCode, encodePairingCode, pairingPsk } from '../../src/protocol/contact/pairing-code.ts';
import type { PairingCode } from '../../src/protocol/contact/pairing-code.ts';
import { deriveDevice } from '../../src/protocol/device.ts';
import { decodeFrame } from '../../src/protocol/frame.ts';
import type { PeerId } from '../../src/protocol/ids.ts';
import { deriveRoomKeys } from '../../src/protocol/room-keys.ts';
import { appOf, roomOf, textsOf } from './village.ts';
import { createBeside, isLinked, pairingOf, stageOf } from './pairing-people.ts';

const read = (text: string): PairingCode => {
  const code = decodePairingCode(text);
  if ('refused' in code) throw new Error(code.refused);
  return code;
};

test('one offers, the other answers: both are linked directly, and each knows the name of the other', async () => {
  const { world, person, pair } = createBeside('two codes');
  const [asha, baraka] = [await person('Asha'), await person('Baraka')];
  await pair(asha, baraka);
  expect(pairingOf(appOf(asha))).toEqual({
    stage: 'connected',
    device: appOf(baraka).view().me?.device,
    name: 'Baraka',
  });
  expect(pairingOf(appOf(baraka))).toMatchObject({ name: 'Asha' });
  await world.runFor(30_000);
  expect([asha, baraka].every(isLinked)).toBe(true);
  expect(
    appOf(asha)
      .view()
      .mesh.neighbours.map(({ device }) => device),
  ).toEqual([appOf(baraka).view().me?.device]);
  await world.finish(appOf(asha).cancelPairing());
  expect([stageOf(asha), isLinked(asha)]).toEqual([null, true]);
});

test('what a pairing gives: who was strange a minute ago is invited to a room, and they talk', async () => {
  for (const kind of ['open', 'members'] as const) {
    const { world, person, pair, until } = createBeside(`a room ${kind}`);
    const people = [await person('Asha'), await person('Baraka')] as const;
    const [asha, baraka] = [appOf(people[0]), appOf(people[1])];
    await pair(...people);
    const room = await world.finish(asha.startRoom('The well', kind));
    if (room === null) throw new Error('no room');
    const invite = kind === 'open' ? roomOf(asha, room).invite : await world.finish(asha.invite(room));
    const there = await world.finish(baraka.joinRoom(invite ?? ''));
    await until('in', () => there !== null && roomOf(baraka, there).stage === 'in');
    for (const each of [asha, baraka]) await world.finish(each.show(room));
    await world.finish(asha.send(room, 'Water is at the school'));
    await until('heard', () => textsOf(baraka, room).includes('Water is at the school'));
    await world.finish(baraka.send(room, 'On my way'));
    await until('answered', () => textsOf(asha, room).includes('On my way'));
  }
});

test('the stages are told as they are, and the same code is shown however often one asks', async () => {
  const { world, person, code, until } = createBeside('stages');
  const [asha, baraka] = [await person('Asha'), await person('Baraka')];
  const stages: (string | null)[] = [];
  appOf(asha).subscribe(() => stages.at(-1) !== stageOf(asha) && stages.push(stageOf(asha)));
  await world.finish(appOf(asha).beginPairing());
  const offer = await code(asha, 'offering');
  await world.finish(appOf(asha).beginPairing());
  expect(await code(asha, 'offering')).toBe(offer);
  for (let times = 0; times < 2; times += 1) expect(await world.finish(appOf(baraka).takePairing(offer))).toBeNull();
  const answer = await code(baraka, 'answering');
  expect(await world.finish(appOf(baraka).takePairing(`https://wavu.example/#${offer}`))).toBeNull();
  expect(await code(baraka, 'answering')).toBe(answer);
  const taken = [1, 2].map(() => appOf(asha).takePairing(answer));
  for (const each of taken) expect(await world.finish(each)).toBeNull();
  await until('connected', () => stageOf(asha) === 'connected');
  expect(stages.filter((stage) => stage !== null)).toEqual(['preparing', 'offering', 'connecting', 'connected']);
});

test('both offer and each answers the other: whichever link comes first is the one', async () => {
  for (const order of ['one takes', 'both take', 'both take, other way round'] as const) {
    const { world, person, code, until } = createBeside(`crossed ${order}`);
    const [asha, baraka] = [await person('Asha'), await person('Baraka')];
    await world.finish(appOf(asha).beginPairing());
    await world.finish(appOf(baraka).beginPairing());
    const [a, b] = [await code(asha, 'offering'), await code(baraka, 'offering')];
    expect(await world.finish(appOf(asha).takePairing(b))).toBeNull();
    expect(await world.finish(appOf(baraka).takePairing(a))).toBeNull();
    const answers = [await code(asha, 'answering'), await code(baraka, 'answering')] as const;
    const takes = [() => appOf(baraka).takePairing(answers[0]), () => appOf(asha).takePairing(answers[1])];
    if (order === 'both take, other way round') takes.reverse();
    for (const each of (order === 'one takes' ? takes.slice(0, 1) : takes).map((take) => take())) await world.finish(each);
    await until(order, () => [asha, baraka].every((each) => stageOf(each) === 'connected'));
    await world.runFor(30_000);
    expect([stageOf(asha), stageOf(baraka), isLinked(asha), isLinked(baraka)]).toEqual(['connected', 'connected', true, true]);
  }
});

test('who offers may answer instead; the offer that nobody took is no matter', async () => {
  const { world, person, code, until } = createBeside('changed mind');
  const [asha, baraka] = [await person('Asha'), await person('Baraka')];
  await world.finish(appOf(asha).beginPairing());
  await world.finish(appOf(baraka).beginPairing());
  await world.finish(appOf(asha).takePairing(await code(baraka, 'offering')));
  await world.finish(appOf(baraka).takePairing(await code(asha, 'answering')));
  await until('connected', () => [asha, baraka].every((each) => stageOf(each) === 'connected'));
});

test('what is no code of this pairing is refused by name, and what was shown stands', async () => {
  const { world, person, code, until } = createBeside('refusals');
  const [asha, baraka, neema] = [await person('Asha'), await person('Baraka'), await person('Neema')];
  const refused = (page: typeof asha, text: string): Promise<unknown> => world.finish(appOf(page).takePairing(text));
  await world.finish(appOf(neema).beginPairing());
  const elsewhere = await code(neema, 'offering');
  await refused(baraka, elsewhere);
  const strange = await code(baraka, 'answering');
  await world.finish(appOf(baraka).cancelPairing());
  // Nothing is offered here, so nothing can be answered.
  expect(await refused(asha, strange)).toBe('other-pairing');
  expect(stageOf(asha)).toBeNull();

  await world.finish(appOf(asha).beginPairing());
  const offer = await code(asha, 'offering');
  const { signal, ...rest } = read(offer);
  const newer = offer.slice(0, 5) + toBase64url(Uint8Array.of(3, 1, ...new Uint8Array(40)));
  const cases: readonly (readonly [string, string])[] = [
    ['', 'unreadable'],
    ['good morning', 'unreadable'],
    ['nothing', 'unreadable'],
    ['x'.repeat(10_000), 'unreadable'],
    ['pair/'.repeat(2_000), 'unreadable'],
    [offer.slice(0, -8), 'unreadable'],
    ['https://wavu.example/#join/AbCdEf', 'invite'],
    ['join/AbCdEf', 'invite'],
    [newer, 'other-version'],
    [offer, 'own'],
    [strange, 'other-pairing'],
    [encodePairingCode({ ...read(elsewhere), signal: signal.subarray(1) }), 'unreadable'],
    [encodePairingCode({ ...rest, half: 'answer', person: new Uint8Array(16), signal }), 'other-pairing'],
  ];
  for (const [text, why] of cases) {
    expect([text.slice(0, 20), await refused(asha, text)]).toEqual([text.slice(0, 20), why]);
    expect(await code(asha, 'offering')).toBe(offer);
  }
  // And it still connects.
  await refused(baraka, offer);
  await refused(asha, await code(baraka, 'answering'));
  await until('connected', () => stageOf(asha) === 'connected');
});

test('who cannot be reached is told within 15 seconds, with nothing left behind', async () => {
  const { world, person, code, until, pair } = createBeside('two networks');
  const [asha, baraka] = [await person('Asha'), await person('Baraka')];
  world.paths.cut(['Asha'], ['Baraka']);
  await world.finish(appOf(asha).beginPairing());
  await world.finish(appOf(baraka).takePairing(await code(asha, 'offering')));
  const answer = await code(baraka, 'answering');
  void appOf(asha).takePairing(answer);
  await until('told', () => stageOf(asha) === 'failed', 15_500);
  expect(pairingOf(appOf(asha))).toEqual({ stage: 'failed', why: 'unreachable' });
  expect(stageOf(baraka)).toBe('answering');
  world.paths.heal();
  await pair(asha, baraka);
});

test('a code grows too old: both say so, and its answer leads nowhere', async () => {
  const { world, person, code, until } = createBeside('too old');
  const [asha, baraka] = [await person('Asha'), await person('Baraka')];
  await world.finish(appOf(asha).beginPairing());
  await world.finish(appOf(baraka).takePairing(await code(asha, 'offering')));
  const answer = await code(baraka, 'answering');
  await world.runFor(540_000);
  expect([stageOf(asha), stageOf(baraka)]).toEqual(['offering', 'answering']);
  await until('expired', () => [asha, baraka].every((each) => stageOf(each) === 'failed'), 70_000);
  expect(pairingOf(appOf(baraka))).toEqual({ stage: 'failed', why: 'expired' });
  expect(await world.finish(appOf(asha).takePairing(answer))).toBe('other-pairing');
});

test('the device sleeps in the midst of it, and says so when it wakes; a nap is no matter', async () => {
  for (const [sleptMs, stage] of [
    [120_000, 'offering'],
    [400_000, 'failed'],
  ] as const) {
    const { world, person, code } = createBeside(`asleep for ${sleptMs}`);
    const asha = await person('Asha');
    await world.finish(appOf(asha).beginPairing());
    await code(asha, 'offering');
    asha.node.sleep();
    await world.runFor(sleptMs);
    asha.node.wake();
    await world.runFor(20_000);
    expect(stageOf(asha)).toBe(stage);
    if (stage === 'failed') expect(pairingOf(appOf(asha))).toMatchObject({ why: 'interrupted' });
  }
});

test('no part of it on this device: that is said, and nothing else breaks', async () => {
  const { world, person } = createBeside('not loaded');
  const asha = await person('Asha', { openMembers: () => Promise.resolve(null) });
  await world.finish(appOf(asha).beginPairing());
  expect(pairingOf(appOf(asha))).toEqual({ stage: 'failed', why: 'not-ready' });
});

test('a greeting holds for the two who saw both codes, and for the path it came by', () => {
  const keysOf = (offer: number, answer: number): ReturnType<typeof deriveRoomKeys> => {
    const code = (half: PairingCode['half'], luck: number): PairingCode => ({
      half,
      person: new Uint8Array(16),
      pskHalf: new Uint8Array(16).fill(luck),
      signal: new Uint8Array(1),
    });
    return deriveRoomKeys(pairingPsk(nodeCryptoSuite, code('offer', offer), code('answer', answer)));
  };
  const [asha, baraka] = [1, 2].map((seed) => deriveDevice(new Uint8Array(32).fill(seed)));
  if (asha === undefined || baraka === undefined) throw new Error('nobody');
  const here = 'AAAA' as PeerId;
  const frame = decodeFrame(greet(keysOf(1, 2), { key: asha, name: 'Asha' }, here, (length) => new Uint8Array(length)));
  if ('refused' in frame || frame.kind !== 'envelope') throw new Error('no envelope');
  const { bytes } = frame;
  expect(readGreeting(keysOf(1, 2), bytes, here, baraka.id)).toEqual({ device: asha.id, name: 'Asha' });
  expect(readGreeting(keysOf(1, 3), bytes, here, baraka.id)).toBeNull();
  expect(readGreeting(keysOf(2, 1), bytes, here, baraka.id)).toBeNull();
  expect(readGreeting(keysOf(1, 2), bytes, 'BBBB' as PeerId, baraka.id)).toBeNull();
  expect(readGreeting(keysOf(1, 2), bytes, here, asha.id)).toBeNull();
  expect(
    readGreeting(
      keysOf(1, 2),
      bytes.map((byte, at) => (at === 60 ? byte ^ 1 : byte)),
      here,
      baraka.id,
    ),
  ).toBeNull();
});
