/** What plain HTTP from elsewhere meets: why Wavu does not start here, and what works. No app, no script. */
import { readFileSync } from 'node:fs';
import type { LanDoor } from '../lan-door.ts';
import { isNear, notFound, plain, stylePath } from './answer.ts';
import type { Answer, Asked } from './answer.ts';
import type { Certificate } from './certificate.ts';
import { trustPart } from './doorstep-trust.ts';
import { originOf } from './host.ts';
import type { Host } from './host.ts';
import { withSecondDoor } from '../second-door.ts';
import type { DoorstepWords } from '../words/doorstep-words.ts';
import { languages, wordsFor } from '../words/languages.ts';
import { plainPage } from './plain-page.ts';
import { distanceOf } from './remote.ts';

export interface DoorstepWorld {
  /** Asked each time: it may be renewed. */
  readonly certificate: () => Certificate | null;
  /** TLS by an authority of our own, for askers of this house; null: there is none. */
  readonly house: Pick<LanDoor, 'authority' | 'leaf'> | null;
  readonly behindProxy: boolean;
  /** Multiaddrs of the doors beside the WebSocket. */
  readonly otherDoors: () => readonly string[];
  /** Whether http://localhost reaches us. */
  readonly servesThisMachine: boolean;
  /** The port to write into recipes. */
  readonly port: () => number;
}

export function createDoorstep(world: DoorstepWorld): (asked: Asked, host: Host) => Answer {
  const css = readFileSync(new URL('./doorstep.css', import.meta.url), 'utf8');
  return (asked, host) => {
    const path = asked.target.split('?', 1)[0];
    if (path === stylePath) return plain(200, css, { 'content-type': 'text/css; charset=utf-8' });
    if (path !== '/' && path !== '/index.html') return notFound;
    const w = wordsFor(asked.target, asked.headers['accept-language'] ?? '');
    return plainPage(w, { status: 200, title: w.title, above: languageLinks(w) + cord, body: body(w, world, asked, host) });
  };
}

/** The language chosen stands in the address, so it needs neither script nor cookie. */
const languageLinks = (w: DoorstepWords): string => `<nav aria-label="${w.languages}">
${languages
  .map(({ code, name }) => {
    const current = code === w.lang ? ' aria-current="page"' : '';
    return `<a href="/?lang=${code}" hreflang="${code}" lang="${code}"${current}>${name}</a>`;
  })
  .join('\n')}
</nav>
`;

const cord = `<svg class="cord" viewBox="0 0 640 120" aria-hidden="true" focusable="false">
<path d="M-10 84H150C214 84 252 62 252 38C252 20 238 12 221 12"/>
<path class="gap" d="M190 38C190 62 228 84 292 84"/>
<path d="M221 12C204 12 190 20 190 38C190 62 228 84 292 84C320 84 338 76 356 66"/>
<path d="M650 84H486C456 84 438 90 418 102"/>
</svg>`;

const body = (w: DoorstepWords, world: DoorstepWorld, asked: Asked, host: Host): string => `<p>${w.reached(
  `<strong class="address">${escape(originOf(host, false))}</strong>`,
)}</p>
${isForgottenProxy(world, asked) ? `<p class="note">${w.forgottenProxy}</p>` : ''}
<h2>${w.worksTitle}</h2>
<ul>
${works(w, world, asked, host).join('\n')}
</ul>
${elsewhere(w, world, host)}
${world.house !== null && isNear(asked) ? trustPart(w.trust, world.house.authority) : ''}
${world.certificate() === null && !world.behindProxy ? recipes(w, world.port()) : ''}`;

/** A proxy that says HTTPS while nobody told us to believe it: the host has forgotten a flag. */
const isForgottenProxy = (world: DoorstepWorld, asked: Asked): boolean =>
  !world.behindProxy && asked.headers['x-forwarded-proto'] === 'https' && distanceOf(asked.remoteAddress) === 'this-machine';

function works(w: DoorstepWords, world: DoorstepWorld, asked: Asked, host: Host): readonly string[] {
  const certificate = world.certificate();
  const port = host.port ?? 80;
  const found: string[] = [];
  if (certificate !== null) {
    const names = certificate.names.filter((name) => !name.includes('*') && name !== host.name).slice(0, 3);
    const isEnough = certificate.covers(host) && !certificate.isSelfSigned;
    const others = isEnough ? [] : names.map((name): Host => ({ kind: 'name', name, port }));
    for (const each of [...others, { ...host, port }]) {
      const isTrusted = certificate.covers(each) && !certificate.isSelfSigned;
      found.push(`<li>${link(originOf(each, true))} ${isTrusted ? w.overHttps : w.warned}</li>`);
    }
  }
  if (world.house !== null && isNear(asked)) {
    const leaf = world.house.leaf();
    const names = leaf.names.filter((name) => name !== 'localhost').map((name): Host => ({ kind: 'name', name, port }));
    const way = leaf.covers(host) ? { ...host, port } : names[0];
    if (way !== undefined) found.push(`<li>${link(originOf(way, true))} ${w.warnedOfHouse}</li>`);
  }
  if (world.behindProxy) {
    found.push(`<li>${w.behindProxy}</li>`);
  }
  if (world.servesThisMachine) {
    found.push(`<li>${w.onThisMachine(`<span class="address">http://localhost:${port}</span>`)}</li>`);
  }
  if (found.length === 1 && certificate === null && !world.behindProxy) {
    found.push(`<li>${w.nothingElsewhere}</li>`);
  }
  return found;
}

/** Chromium lets a page of HTTPS in by ws:// once its person allowed it; where a browser does not, the second door may. */
const elsewhere = ({ fromElsewhere: w }: DoorstepWords, world: DoorstepWorld, host: Host): string => `<h2>${w.title}</h2>
<p>${w.how}</p>
<pre><code>${escape(withSecondDoor(`${originOf(host, false)}/`, world.otherDoors()))}</code></pre>
<p>${w.mayAsk}</p>`;

/** The addresses are ours or were read strictly; escaped they are all the same. */
const link = (origin: string): string => `<a class="address" href="${escape(origin)}/">${escape(origin)}</a>`;

const recipes = ({ hosting: w }: DoorstepWords, port: number): string => `<h2>${w.title}</h2>
<p>${w.oneName}</p>
<h3>${w.ownCertificate}</h3>
<pre><code>npm start -- --cert fullchain.pem --key privkey.pem</code></pre>
<p>${w.samePort}</p>
<h3>${w.caddy}</h3>
<pre><code>npm start -- --behind-proxy
caddy reverse-proxy --from wavu.example.org --to 127.0.0.1:${port}</code></pre>
<h3>${w.tailscale}</h3>
<pre><code>npm start -- --behind-proxy
tailscale serve --bg ${port}</code></pre>`;

const escape = (text: string): string => text.replace(/[&<>"']/g, (letter) => `&#${letter.codePointAt(0)};`);
