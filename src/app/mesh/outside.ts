/** Relays that hear members only: this page shows them one key after the other, and again when it may have another. */
import type { Clock, Stop } from '../../ports/clock.ts';
import type { Link } from '../../ports/network.ts';
import type { MeetFrame } from '../../protocol/meet.ts';
import type { AccessCard } from '../../protocol/relay-card.ts';
import type { RelayView } from '../view.ts';

export interface Outside {
  /** It hears nothing else of us yet. */
  membersOnly(relay: Link): void;
  entered(relay: Link, frame: Extract<MeetFrame, { kind: 'entered' }>): void;
  closed(relay: Link): void;
  /** There may be other keys to show. */
  again(): void;
  /** What the card of our own says; null: it is for everybody. Whoever has nothing to say there yet is refused nothing, and would not know. */
  told(access: AccessCard | null, own: Link | null): void;
  /** Our own, by its card. */
  isGated(): boolean;
  /** None of our keys counts there. */
  isShut(relay: Link | null): boolean;
  /** What is shown of our own beside how it is reached. */
  view(own: Link | null): Pick<RelayView, 'members'> & Partial<Pick<RelayView, 'state'>>;
  close(): void;
}

export interface OutsideHands extends KeyHands {
  /** It keeps nothing of what we said before. */
  onIn(relay: Link): void;
  onChange(): void;
}

export interface KeyHands {
  /** To a relay for members this device shows the `nth` key it has; false: it has no such. */
  showKey(relay: Link, nth: number): Promise<boolean>;
  /** It says that we are its owner, and that it keeps this word of ours. False: it never was ours. */
  onOwned(relay: Link, word: Uint8Array): Promise<boolean>;
}

export function createOutside(clock: Clock, hands: OutsideHands): Outside {
  /** Outside of these. */
  const relays = new Map<Link, Shown>();
  const mine = new WeakSet<Link>();
  let access: AccessCard | null = null;
  let soon: Stop | null = null;
  let later: Stop | null = null;

  const show = async (relay: Link, nth: number): Promise<void> => {
    const shown: Shown = { nth, isShut: outside.isShut(relay) };
    relays.set(relay, shown);
    const isShown = await hands.showKey(relay, nth);
    if (isShown || relays.get(relay) !== shown) return;
    relays.set(relay, { nth: null, isShut: true });
    later ??= clock.after(againMs, all);
    hands.onChange();
  };
  const all = (): void => {
    soon?.();
    later?.();
    soon = later = null;
    for (const relay of [...relays.keys()]) void show(relay, 0);
  };
  const own = async (relay: Link, word: Uint8Array): Promise<void> => {
    if (!(await hands.onOwned(relay, word))) return;
    mine.add(relay);
    hands.onChange();
  };
  const outside: Outside = {
    membersOnly: (relay) => {
      if (relay.end === 'relay') void (relays.has(relay) ? outside.again() : show(relay, 0));
    },
    entered: (relay, { as, word }) => {
      const nth = relays.get(relay)?.nth ?? null;
      if (as === 'nobody') return nth === null ? undefined : void show(relay, nth + 1);
      if (relay.end !== 'relay') return;
      if (relays.delete(relay)) hands.onIn(relay);
      if (as === 'owner') void own(relay, word);
      else mine.delete(relay);
      hands.onChange();
    },
    closed: (relay) => void relays.delete(relay),
    again: () => {
      if (relays.size > 0) soon ??= clock.after(calmMs, all);
    },
    told: (card, link) => {
      const isNew = access === null && card !== null;
      access = card;
      if (isNew && link !== null && !relays.has(link)) outside.membersOnly(link);
    },
    isGated: () => access !== null,
    isShut: (relay) => relay !== null && relays.get(relay)?.isShut === true,
    view: (link) => ({
      ...(outside.isShut(link) && { state: 'not-let-in' }),
      members: access && { owner: access.owner, isMine: link !== null && mine.has(link) },
    }),
    close: () => {
      soon?.();
      later?.();
    },
  };
  return outside;
}

interface Shown {
  /** The key shown last; null: there are no more. */
  readonly nth: number | null;
  /** All were shown in vain once: so it stays until one counts, also while they are shown again. */
  readonly isShut: boolean;
}

/** Others may have made way for us meanwhile: the owner said who may come in. */
const againMs = 30_000;
const calmMs = 300;
