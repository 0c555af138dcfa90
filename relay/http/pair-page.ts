/**
 * Where somebody brings the offer of a Wavu from elsewhere, which may open no socket to here: the answer, as text and as a code, to be
 * carried back by hand. No script.
 */
import { encodeQR } from 'qr';
import { linkText } from '../../src/protocol/contact/link-text.ts';
import { isRefusal } from '../../src/protocol/refusal.ts';
import { offerIn, relayAnswerPlace } from '../../src/protocol/relay-by-hand.ts';
import type { OfferRefusal, RelayNode } from '../node.ts';
import { fromWhere, isReachable, plain } from './answer.ts';
import type { Answer, Asked } from './answer.ts';
import type { Host } from './host.ts';

export interface PairWorld extends Pick<RelayNode, 'answerOffer'> {
  /** Multiaddrs of the doors beside the WebSocket. */
  readonly otherDoors: () => readonly string[];
}

export const createPairPage =
  ({ answerOffer, otherDoors }: PairWorld): ((asked: Asked, host: Host) => Answer) =>
  (asked, host) => {
    // Whoever only looks ahead has no use for an answer.
    if (asked.method !== 'GET') return plain(405, 'Only GET.\n', { allow: 'GET' });
    const offer = offerIn(asked.target);
    if (isRefusal(offer)) return refusal('bad-signal');
    // Where they came by is what they reach; a name says nothing of that.
    const others = otherDoors().filter((each) => isReachable(each, fromWhere(asked)));
    const at = [
      ...(host.kind === 'name' ? [] : [host.name]),
      ...others.flatMap((each) => /^\/ip4\/([\d.]+)\//.exec(each)?.[1] ?? []),
    ];
    const answer = answerOffer(offer, [...new Set(at)].slice(0, mostHosts), asked.remoteAddress);
    return typeof answer === 'string' ? refusal(answer) : shown(linkText(relayAnswerPlace, answer));
  };

const mostHosts = 4;

const shown = (answer: string): Answer =>
  page(
    200,
    'The relay has answered',
    `<p>Copy this answer, go back to Wavu, and paste it there. It holds for ten minutes, for your Wavu alone.</p>
<pre class="answer"><code>${answer}</code></pre>
<p>Where Wavu runs on another device, scan it there:</p>
${code(answer)}
<p class="note">If Wavu then says that it found no link: that happens now and then. Press “Open the relay's page” there once more.</p>`,
  );

const refusal = (why: OfferRefusal): Answer => {
  const { status, says } =
    refusals[
      why === 'off' || why === 'bad-signal' ? why : why === 'address-too-fast' || why === 'address-full' ? 'often' : 'full'
    ];
  return page(status, 'No answer', `<p>${says}</p>`, { 'x-wavu-refused': why });
};

const refusals = {
  off: { status: 404, says: 'This relay takes nobody in this way: whoever hosts it has switched its UDP doors off.' },
  'bad-signal': {
    status: 400,
    says: "This is no offer that this relay can read. Go back to Wavu, and press “Open the relay's page” there again.",
  },
  often: { status: 429, says: 'Many offers came from where you are, and still wait. Try again in a few minutes.' },
  full: { status: 503, says: 'Too many offers wait here just now. Try again in a few minutes.' },
} as const;

const page = (status: number, title: string, body: string, more: Readonly<Record<string, string>> = {}): Answer =>
  plain(
    status,
    `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="stylesheet" href="/doorstep.css">
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`,
    { 'content-type': 'text/html; charset=utf-8', ...more },
  );

function code(text: string): string {
  const rows = encodeQR(text, 'raw', { ecc: 'low', border: 4 });
  const path = rows.flatMap((row, y) => row.flatMap((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : []))).join('');
  return `<svg class="qr" viewBox="0 0 ${rows.length} ${rows.length}" role="img" aria-label="QR code of the answer" shape-rendering="crispEdges"><path d="${path}"/></svg>`;
}
