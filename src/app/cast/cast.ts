/**
 * How what is said in a room gets to all of it: from its author to its neighbours, and on by a tree of each author's own (Plumtree). Who
 * had a copy twice cuts a branch; who hears of what did not come asks for it, and is on that branch from then on. What all of this leaves
 * out, summaries bring.
 */
import type { Core } from '../core.ts';
import { castIdOf, encodeCast, shortPlace } from '../../protocol/cast.ts';
import type { CastId, CastWord } from '../../protocol/cast.ts';
import { envelopeIdOf } from '../../protocol/envelope.ts';
import { encodeFrame } from '../../protocol/frame.ts';
import type { DeviceId, PeerId, RoomId } from '../../protocol/ids.ts';
import { limits } from '../../protocol/limits.ts';
import { hopBytes } from '../../protocol/wire/hop.ts';
import type { Stop } from '../../ports/clock.ts';
import { frameOf } from '../delivery/say.ts';
import type { Share } from '../delivery/share.ts';
import { routeOf, sendTo } from '../mesh/peers.ts';
import type { Peer, Peers } from '../mesh/peers.ts';
import { createLinkBook } from './links.ts';
import type { LinkBook } from './links.ts';
import { createMissing } from './missing.ts';
import { createPassedBook } from './passed.ts';
import type { Passed, Said } from './passed.ts';
import { createSources } from './sources.ts';
import type { Some, Source } from './sources.ts';

export interface Cast {
  readonly links: LinkBook;
  /** Whom my own words go to at once. */
  firstOf(room: RoomId, me: DeviceId): readonly Peer[];
  /** My words as they go to one of these. */
  frameTo(words: Words, peer: Peer, to: readonly Peer[]): Uint8Array;
  /** My words, as they are sealed, were handed to these. */
  said(words: Words, to: readonly Peer[]): void;
  /** Somebody else's are here, and true: on with them. */
  spread(words: Words): void;
  /** They are on the disk: no other copy of them is wanted. */
  kept(sealed: Uint8Array): void;
  /** What comes now was also given to those at these places. */
  given(sealed: Uint8Array, places: readonly number[], peer: Peer): void;
  /** A copy is here. True: it was before, and is kept. */
  arrived(sealed: Uint8Array, peer: Peer): boolean;
  take(word: Exclude<CastWord, { kind: 'stand' | 'given' | 'here' }>, peer: Peer): void;
  close(): void;
}

export interface Words {
  readonly room: RoomId;
  readonly author: DeviceId;
  readonly sealed: Uint8Array;
}

export function createCast(core: Core, peers: Peers, share: Share): Cast {
  const { clock } = core;
  const links = createLinkBook(peers);
  const passed = createPassedBook();
  const sources = createSources();
  const saying = new Map<Peer, Set<CastId>>();
  let planned: Stop | null = null;

  /** To an older page it would be noise. */
  const say = (peer: Peer, word: CastWord): void => {
    if (links.speaks(peer)) sendTo(peer, encodeFrame({ kind: 'cast', bytes: encodeCast(word) }));
  };

  /** In one word what a breath brings; they may have had it meanwhile. */
  const sayHave = (peer: Peer, id: CastId): void => {
    saying.set(peer, (saying.get(peer) ?? new Set()).add(id));
    planned ??= clock.after(breathMs, () => {
      planned = null;
      const all = [...saying];
      saying.clear();
      for (const [to, some] of all) {
        const ids = [...some].filter((each) => passed.get(each)?.had.has(to.id) === false).slice(-limits.castIds);
        if (ids.length > 0) say(to, { kind: 'have', ids });
      }
    });
  };

  const missing = createMissing(clock, {
    ask: (peer, id) => say(peer, { kind: 'want', ids: [id] }),
    scoreOf,
  });

  /** As it goes to one of these: the first of an author's says who else has it, and whoever hands it on leaves those out. */
  const frameTo = (peer: Peer, words: Words, to: readonly Peer[], told: Some): Uint8Array => {
    const frame = frameOf(words.sealed);
    const others = to.filter((each) => each !== peer).slice(0, limits.castPeers);
    if (others.length === 0 || told.has(peer.id) || !links.speaks(peer)) return frame;
    told.add(peer.id);
    const places = others.map((each) => shortPlace(links.placeOf(words.room, each)));
    return encodeFrame({ kind: 'cast', bytes: encodeCast({ kind: 'given', to: places, frame }) });
  };

  const sayHaveTo = (told: readonly Peer[], id: CastId, one: Passed): void => {
    for (const peer of told) if (!one.had.has(peer.id) && peer.device !== one.said?.author) sayHave(peer, id);
  };

  const spread = ({ room, author, sealed }: Words): void => {
    const id = idOf(sealed);
    const one = passed.get(id) ?? createPassed(null);
    if (one.said !== null) return;
    const frame = frameOf(sealed);
    one.said = { room, author, frame };
    passed.add(id, one);
    const { all, told, first } = links.in(room);
    const isOpen = (peer: Peer): boolean =>
      peer.device !== author && !one.had.has(peer.id) && !one.given.has(shortPlace(links.placeOf(room, peer)));
    const open = (): PeerId[] => first.filter(isOpen).map((peer) => peer.id);
    const source = sources.of(room, author) ?? sources.begin(room, author, open());
    const to = all.filter((peer) => source.eager.has(peer.id) && peer.device !== author && !one.had.has(peer.id));
    const from = one.from === null ? undefined : peers.get(one.from);
    const having = from === undefined ? to : [...to, from];
    const sent = to.filter((peer) => sendTo(peer, frameTo(peer, { room, author, sealed }, having, source.told)) === 'sent');
    for (const peer of sent) one.had.add(peer.id);
    sayHaveTo(told, id, one);
  };

  const said = ({ room, author, sealed }: Words, to: readonly Peer[]): void => {
    const id = idOf(sealed);
    const one = passed.get(id) ?? createPassed(null);
    one.said ??= { room, author, frame: frameOf(sealed) };
    one.isKept = true;
    passed.add(id, one);
    for (const peer of to) one.had.add(peer.id);
    const mine = mineIn(room, author);
    for (const peer of to) mine.eager.add(peer.id);
    sayHaveTo(links.in(room).told, id, one);
  };

  const createPassed = (from: Peer | null): Passed => ({
    atMs: clock.ticksMs(),
    from: from?.id ?? null,
    had: new Set(from === null ? [] : [from.id]),
    given: new Set(),
    said: null,
    isKept: false,
  });

  const mineIn = (room: RoomId, me: DeviceId): Source => sources.of(room, me) ?? sources.begin(room, me, []);

  const join = ({ room, author }: Said, peer: Peer): void => {
    const source = peer.rooms.has(room) ? sources.of(room, author) : null;
    source?.eager.add(peer.id);
    source?.cut.delete(peer.id);
  };

  const cut = ({ room, author }: Said, peer: Peer): void => {
    const source = sources.of(room, author);
    source?.eager.delete(peer.id);
    source?.cut.add(peer.id);
  };

  /** It came from two: one of them need not. What was carried yields to what came straight. */
  const tooMuch = (id: CastId, one: Passed, peer: Peer): void => {
    if (one.from === peer.id || clock.ticksMs() - one.atMs > lateMs) return;
    const first = one.from === null ? undefined : peers.get(one.from);
    const isBetter = first !== undefined && first.direct === null && peer.direct !== null;
    const less = isBetter ? first : peer;
    // An older page hands on as luck has it, and hears of nothing that it was not given.
    if (!links.speaks(less)) return;
    if (one.said !== null && one.from !== null) cut(one.said, less);
    say(less, { kind: 'enough', ids: [id] });
  };

  /** Its word was here before their copy, so its copy would have been. */
  const swap = (id: CastId, one: Passed, peer: Peer, sooner: Peer): void => {
    if (sooner === peer || one.had.has(sooner.id) || (sooner.direct === null && peer.direct !== null)) return;
    one.had.add(sooner.id);
    say(sooner, { kind: 'rather', ids: [id] });
    if (links.speaks(peer)) say(peer, { kind: 'enough', ids: [id] });
  };

  const give = (peer: Peer, id: CastId): void => {
    const one = passed.get(id);
    if (!one?.said) return;
    const { frame } = one.said;
    if (!share.take(peer, frame.length, 1, one.had.has(peer.id) ? 'again' : 'first')) return;
    one.had.add(peer.id);
    join(one.said, peer);
    sendTo(peer, frame);
  };

  return {
    links,
    firstOf: (room, me) => {
      const { own } = links.in(room);
      const mine = mineIn(room, me);
      const wanted = own.filter((peer) => !mine.cut.has(peer.id));
      return wanted.length > 0 ? wanted : own;
    },
    frameTo: (words, peer, to) => frameTo(peer, words, to, mineIn(words.room, words.author).told),
    said,
    spread,
    kept: (sealed) => {
      const one = passed.get(idOf(sealed));
      if (one !== undefined) one.isKept = true;
    },
    given: (sealed, places, peer) => {
      const id = idOf(sealed);
      if (passed.get(id) === undefined) passed.add(id, { ...createPassed(peer), given: new Set(places) });
    },
    arrived: (sealed, peer) => {
      const id = idOf(sealed);
      const sooner = missing.came(id);
      const one = passed.get(id) ?? createPassed(peer);
      passed.add(id, one);
      if (one.from === peer.id && sooner !== null) swap(id, one, peer, sooner);
      tooMuch(id, one, peer);
      one.had.add(peer.id);
      return one.isKept;
    },
    take: (word, peer) => {
      switch (word.kind) {
        case 'have':
          for (const id of word.ids) {
            const one = passed.get(id);
            if (one === undefined) missing.has(peer, id);
            else one.had.add(peer.id);
          }
          return;
        case 'want':
          for (const id of word.ids) give(peer, id);
          return;
        case 'rather':
          for (const id of word.ids) {
            const about = passed.get(id)?.said;
            if (about) join(about, peer);
          }
          return;
        case 'enough':
          for (const id of word.ids) {
            const about = passed.get(id)?.said;
            if (about) cut(about, peer);
          }
          return;
      }
    },
    close: () => {
      planned?.();
      missing.close();
    },
  };
}

/** Of either version: what is in front of it changes on the way. */
const idOf = (sealed: Uint8Array): CastId => castIdOf(envelopeIdOf(sealed[0] === 1 ? sealed : sealed.subarray(hopBytes)));

const scoreOf = (peer: Peer): number | null => {
  const link = peer.direct ?? routeOf(peer);
  return link === null ? null : (peer.routing.scoreOf(link)?.value ?? 0) + (peer.direct === null ? 0 : 1);
};

const breathMs = 10;
/** Later it is somebody who says it again because nobody answered. */
const lateMs = 2_000;
