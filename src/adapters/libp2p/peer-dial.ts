/**
 * Opens links between pages by signals that somebody carries, sealed between the two.
 *
 * What authenticates the signal authenticates the DTLS fingerprint in it, so a link is open as soon as its channel is. Each
 * dial has an id; whatever comes twice, late or out of order says nothing new. Two who dial each other at once end with one
 * link: the smaller id leads, keeps the other's offer until its own dial is settled, and the other answers what the leader says.
 */
import { forgetFirst } from '../../protocol/forget-first.ts';
import { bytesToHex } from '../../protocol/bytes.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import { dialBytes } from '../../protocol/signal-seal.ts';
import type { Log } from '../../ports/log.ts';
import type { Carry, Link, Network, Opened, OpenRefused } from '../../ports/network.ts';
import type { MakeConnection } from './peer-end.ts';
import { createGuests } from './peer-guests.ts';
import type { Guest } from './peer-guests.ts';
import type { PeerLinks } from './peer-links.ts';
import { beginPeerOffer } from './peer-offer.ts';
import type { OfferEnd, PeerOffer } from './peer-offer.ts';
import { beginPeerVisit } from './peer-visit.ts';
import type { PeerVisit } from './peer-visit.ts';
import { decodeDialSignal, encodeDialSignal, maxCandidates } from './signal-bytes.ts';
import type { Candidate, Description, DialSignal } from './signal-bytes.ts';
import type { PageKey } from './thin-page.ts';
import { orWhenAborted, pause } from './waiting.ts';

export interface PeerDialsInit {
  readonly self: PeerId;
  readonly key: PageKey;
  readonly links: PeerLinks;
  readonly make: MakeConnection;
  readonly closing: AbortSignal;
  readonly log: Log;
}

/** One that we were asked for. */
interface Dial {
  readonly settled: Promise<Opened>;
  readonly giveUp: AbortController;
  /** How many wait for it. */
  askers: number;
  name: DialName | null;
  offer: PeerOffer | null;
  /** By which they reached us, should ours lead nowhere. */
  back: Carry | null;
  held: Held | null;
}
/** One that they began. */
interface Visit {
  readonly name: DialName;
  readonly visit: PeerVisit;
  readonly linked: Promise<Link | null>;
  carry: Carry;
}
interface Held {
  readonly name: DialName;
  readonly offer: Description;
  readonly carry: Carry;
}
interface DialName {
  readonly peer: PeerId;
  readonly bytes: Uint8Array;
  readonly text: string;
}

type Say = (signal: DialSignal) => boolean;

const dialMs = 9_000;
const visitMs = 10_000;
/** A try that failed, and the next. */
const retryMs = 60;
/** Well under the ≈ 498 peer connections at which Chromium fails. */
const maxPeers = 200;
const maxOver = 512;
const maxEarly = 32;

export function createPeerDials(init: PeerDialsInit): Pick<Network, 'openPeer' | 'takeSignal'> {
  const { self, key, links, make, closing, log } = init;
  const guests = createGuests(key);
  const dials = new Map<PeerId, Dial>();
  const visits = new Map<PeerId, Visit>();
  /** Dials that are settled: what still comes of them is late. */
  const over = new Set<string>();
  /** Candidates that came before their offer. */
  const early = new Map<string, Candidate[]>();

  const isFull = (): boolean => links.channels.count() + dials.size + visits.size >= maxPeers;
  const settle = ({ text }: DialName): void => {
    over.add(text);
    forgetFirst(over, maxOver);
  };
  /** What we say of one dial. */
  const sayerOf = ({ seal }: Guest, { bytes }: DialName, carry: Carry): Say => {
    let sealOne: ReturnType<typeof seal.begin> | null = null;
    // While the browser makes its description.
    queueMicrotask(() => (sealOne ??= seal.begin(bytes, luck)));
    return (signal) => {
      sealOne ??= seal.begin(bytes, luck);
      const sealed = sealOne(encodeDialSignal(signal));
      return sealed !== null && carry(sealed);
    };
  };

  const tryOnce = async (peer: PeerId, guest: Guest, dial: Dial, carry: Carry, whole: AbortSignal): Promise<OfferEnd | Link> => {
    const name = nameOf(peer, luck(dialBytes));
    const send: Carry = (bytes) => carry(bytes) || (dial.back !== null && dial.back !== carry && dial.back(bytes));
    const say = sayerOf(guest, name, send);
    const offer = orNull(() => beginPeerOffer(make, say));
    if (offer === null) return 'unheard';
    dial.name = name;
    dial.offer = offer;
    const how = await orWhenAborted<OfferEnd | 'late'>(offer.ended, 'late', whole);
    dial.name = null;
    dial.offer = null;
    settle(name);
    if (how === 'open') return links.add(peer, offer.channel, 'us');
    offer.drop();
    if (how !== 'refused' && !closing.aborted) say({ kind: 'end' });
    return how === 'late' ? 'failed' : how;
  };

  const run = async (peer: PeerId, guest: Guest, dial: Dial, carry: Carry): Promise<Opened> => {
    const whole = AbortSignal.any([dial.giveUp.signal, closing, AbortSignal.timeout(dialMs)]);
    for (;;) {
      const linked = await orWhenAborted(visits.get(peer)?.linked ?? Promise.resolve(null), null, whole);
      const standing = linked ?? links.to(peer);
      if (standing !== null) return { state: 'open', link: standing };
      if (closing.aborted) return refused('closed');
      if (dial.giveUp.signal.aborted) return refused('aborted');
      if (whole.aborted) return refused('unreachable');
      if (visits.has(peer)) continue;
      const how = await tryOnce(peer, guest, dial, carry, whole);
      if (typeof how !== 'string') return { state: 'open', link: how };
      log('dial-failed', { peer, why: how });
      if (how === 'refused') return refused('refused-there');
      if (how === 'unheard') return refused('unreachable');
      if (!visits.has(peer)) await pause(retryMs, whole);
    }
  };

  const begin = (peer: PeerId, guest: Guest, carry: Carry): Dial => {
    const { promise: settled, resolve } = Promise.withResolvers<Opened>();
    const dial: Dial = {
      settled,
      giveUp: new AbortController(),
      askers: 0,
      name: null,
      offer: null,
      back: null,
      held: null,
    };
    dials.set(peer, dial);
    void run(peer, guest, dial, carry).then((opened) => {
      if (dials.get(peer) === dial) dials.delete(peer);
      const { held } = dial;
      if (opened.state === 'open') {
        guests.forgive(peer);
        if (held !== null) settle(held.name);
      } else if (held !== null && !closing.aborted) takeOffer(guest, held);
      resolve(opened);
    });
    return dial;
  };

  const takeOffer = (guest: Guest, { name, offer, carry }: Held): void => {
    const { peer } = name;
    const ours = dials.get(peer);
    if (ours?.offer && self < peer) {
      ours.held = { name, offer, carry };
      return ours.offer.hurry();
    }
    if (!guest.offers.take(1)) return log('offer-refused', { peer, why: 'too-fast' });
    // They began anew, and know nothing of the one before.
    visits.get(peer)?.visit.drop();
    if (isFull() || (ours === undefined && !links.isWelcome(peer))) {
      settle(name);
      return void sayerOf(guest, name, carry)({ kind: 'end' });
    }
    const say = sayerOf(guest, name, (bytes) => theirs.carry(bytes));
    const visit = orNull(() => beginPeerVisit(make, offer, say));
    if (visit === null) return log('offer-refused', { peer, why: 'no-connection' });
    const late = setTimeout(() => visit.drop(), visitMs);
    const linked = visit.opened.then((isOpen) => {
      clearTimeout(late);
      settle(name);
      if (visits.get(peer) === theirs) visits.delete(peer);
      if (!isOpen) return null;
      guests.forgive(peer);
      return links.add(peer, visit.channel, 'them');
    });
    const theirs: Visit = { name, visit, linked, carry };
    visits.set(peer, theirs);
    const known = early.get(name.text);
    if (known !== undefined) visit.take({ kind: 'more', candidates: known });
    early.delete(name.text);
    ours?.offer?.drop();
  };

  const takeEarly = ({ text }: DialName, candidates: readonly Candidate[]): void => {
    const known = early.get(text) ?? [];
    early.set(text, [...known, ...candidates].slice(0, maxCandidates));
    forgetFirst(early, maxEarly);
  };

  closing.addEventListener('abort', () => {
    for (const { visit } of visits.values()) visit.drop();
  });

  return {
    openPeer: async (peer, carry, signal) => {
      if (closing.aborted) return refused('closed');
      if (signal.aborted) return refused('aborted');
      const guest = peer === self ? null : guests.of(peer);
      if (guest === null) return refused('bad-address');
      const standing = links.to(peer);
      if (standing !== null) return { state: 'open', link: standing };
      if (!dials.has(peer) && !visits.has(peer) && isFull()) return refused('too-many');
      const known = dials.get(peer);
      const dial = known === undefined || known.giveUp.signal.aborted ? begin(peer, guest, carry) : known;
      dial.askers += 1;
      const opened = await orWhenAborted<Opened | null>(dial.settled, null, signal);
      if (opened !== null) return opened;
      dial.askers -= 1;
      if (dial.askers === 0) dial.giveUp.abort();
      return refused('aborted');
    },
    takeSignal: (peer, bytes, carry) => {
      const guest = peer === self || closing.aborted ? null : guests.of(peer);
      if (guest === null) return;
      if (!guest.signals.take(1)) return log('signal-refused', { peer, why: 'too-fast' });
      const opened = guest.seal.open(bytes);
      if (isRefusal(opened)) return log('signal-refused', { peer, why: opened.refused });
      const signal = decodeDialSignal(opened.body);
      if (isRefusal(signal)) return log('signal-refused', { peer, why: signal.refused });
      const name = nameOf(peer, opened.dial);
      const ours = dials.get(peer);
      const theirs = visits.get(peer);
      if (ours !== undefined) ours.back = carry;
      if (ours?.name?.text === name.text) return ours.offer?.take(signal);
      if (theirs?.name.text === name.text) {
        theirs.carry = carry;
        return theirs.visit.take(signal);
      }
      if (over.has(name.text)) return;
      if (signal.kind === 'offer') takeOffer(guest, { name, offer: signal, carry });
      else if (signal.kind === 'more') takeEarly(name, signal.candidates);
      else if (signal.kind === 'end') {
        settle(name);
        if (ours?.held?.name.text === name.text) ours.held = null;
      }
    },
  };
}

/** A browser that has too many connections throws at the next. */
function orNull<Made>(begin: () => Made): Made | null {
  try {
    return begin();
  } catch {
    return null;
  }
}

const nameOf = (peer: PeerId, bytes: Uint8Array): DialName => ({ peer, bytes, text: `${peer} ${bytesToHex(bytes)}` });

const luck = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));

const refused = (why: OpenRefused['why']): OpenRefused => ({ state: 'refused', why });
