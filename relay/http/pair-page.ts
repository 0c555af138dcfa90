/**
 * Where somebody brings the offer of a Wavu from elsewhere, which may open no socket to here: the answer, as text and as a code, to be
 * carried back by hand. No script.
 */
import { encodeQR } from 'qr';
import { linkText } from '../../src/protocol/contact/link-text.ts';
import { isRefusal } from '../../src/protocol/refusal.ts';
import { offerIn, relayAnswerPlace } from '../../src/protocol/relay-by-hand.ts';
import type { OfferRefusal, RelayNode } from '../node.ts';
import type { DoorstepWords } from '../words/doorstep-words.ts';
import { wordsFor } from '../words/languages.ts';
import { fromWhere, isReachable, plain } from './answer.ts';
import type { Answer, Asked } from './answer.ts';
import type { Host } from './host.ts';
import { plainPage } from './plain-page.ts';

export interface PairWorld extends Pick<RelayNode, 'answerOffer'> {
  /** Multiaddrs of the doors beside the WebSocket. */
  readonly otherDoors: () => readonly string[];
}

export const createPairPage =
  ({ answerOffer, otherDoors }: PairWorld): ((asked: Asked, host: Host) => Answer) =>
  (asked, host) => {
    const w = wordsFor(asked.target, asked.headers['accept-language'] ?? '');
    // Whoever only looks ahead has no use for an answer.
    if (asked.method !== 'GET') return plain(405, 'Only GET.\n', { allow: 'GET' });
    const offer = offerIn(asked.target);
    if (isRefusal(offer)) return refusal(w, 'bad-signal');
    // Where they came by is what they reach; a name says nothing of that.
    const others = otherDoors().filter((each) => isReachable(each, fromWhere(asked)));
    const at = [
      ...(host.kind === 'name' ? [] : [host.name]),
      ...others.flatMap((each) => /^\/ip4\/([\d.]+)\//.exec(each)?.[1] ?? []),
    ];
    const answer = answerOffer(offer, [...new Set(at)].slice(0, mostHosts), asked.remoteAddress);
    return typeof answer === 'string' ? refusal(w, answer) : shown(w, linkText(relayAnswerPlace, answer));
  };

const mostHosts = 4;

const shown = (w: DoorstepWords, answer: string): Answer =>
  plainPage(w, {
    status: 200,
    title: w.pair.answeredTitle,
    body: `<p>${w.pair.copy}</p>
<pre class="answer"><code>${answer}</code></pre>
<p>${w.pair.scan}</p>
${code(answer, w.pair.code)}
<p class="note">${w.pair.again}</p>`,
  });

function refusal(w: DoorstepWords, why: OfferRefusal): Answer {
  const said =
    why === 'off' || why === 'bad-signal' ? why : why === 'address-too-fast' || why === 'address-full' ? 'often' : 'full';
  const body = `<p>${w.pair.refused[said]}</p>`;
  return plainPage(w, { status: statuses[said], title: w.pair.refusedTitle, body, headers: { 'x-wavu-refused': why } });
}

const statuses: Readonly<Record<keyof DoorstepWords['pair']['refused'], number>> = {
  off: 404,
  'bad-signal': 400,
  often: 429,
  full: 503,
};

function code(text: string, label: string): string {
  const rows = encodeQR(text, 'raw', { ecc: 'low', border: 4 });
  const path = rows.flatMap((row, y) => row.flatMap((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : []))).join('');
  return `<svg class="qr" viewBox="0 0 ${rows.length} ${rows.length}" role="img" aria-label="${label}" shape-rendering="crispEdges"><path d="${path}"/></svg>`;
}
