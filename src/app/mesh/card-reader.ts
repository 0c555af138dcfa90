/** Knows the relay's card: the one kept from last time at once, the fresh one as soon as the door answers. */
import type { Core } from '../core.ts';
import type { Stop } from '../../ports/clock.ts';
import type { ReadCard } from '../../ports/door.ts';
import { decodeText } from '../../protocol/bytes.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import { encodeRelayCard, readRelayCard } from '../../protocol/relay-card.ts';
import type { RelayCard } from '../../protocol/relay-card.ts';
import { keyOf } from '../records.ts';

export interface CardReader {
  read(): void;
  close(): void;
}

export function createCardReader(core: Core, readCard: ReadCard, onCard: (card: RelayCard) => void): CardReader {
  const closing = new AbortController();
  let latest = '';
  let isReading = false;
  let again: Stop | null = null;

  const take = (json: unknown): boolean => {
    const card = readRelayCard(json);
    if (isRefusal(card)) return false;
    const text = encodeRelayCard(card);
    if (text === latest) return true;
    latest = text;
    onCard(card);
    return true;
  };

  const keep = (): void =>
    void core.lane.run(() => core.commit([{ op: 'put', key: keyOf.card, value: new TextEncoder().encode(latest) }], 'relaxed'));

  const read = async (): Promise<void> => {
    if (isReading || closing.signal.aborted) return;
    isReading = true;
    again?.();
    const before = latest;
    const answer = readCard(closing.signal);
    if (latest === '') {
      const kept = await core.storage.get(keyOf.card);
      if (kept !== null) take(parse(decodeText(kept.value) ?? ''));
    }
    const json = await answer;
    isReading = false;
    if (closing.signal.aborted) return;
    if (json !== null && take(json)) {
      if (latest !== before) keep();
      return;
    }
    core.log('card-not-read', { answered: json !== null });
    again = core.clock.after(againMs, () => void read());
  };

  return {
    read: () => void read(),
    close: () => {
      again?.();
      closing.abort();
    },
  };
}

const againMs = 5_000;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
