/** What plain HTTP from elsewhere meets: why Wavu does not start here, and what works. No app, no script. */
import { readFileSync } from 'node:fs';
import type { LanDoor } from '../lan-door.ts';
import { isNear, notFound, plain, stylePath } from './answer.ts';
import type { Answer, Asked } from './answer.ts';
import type { Certificate } from './certificate.ts';
import { trustWords } from './doorstep-trust.ts';
import { originOf } from './host.ts';
import type { Host } from './host.ts';
import { withSecondDoor } from '../second-door.ts';
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
    return plain(200, page(world, asked, host), { 'content-type': 'text/html; charset=utf-8' });
  };
}

const page = (world: DoorstepWorld, asked: Asked, host: Host): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>Wavu does not start here</title>
<link rel="stylesheet" href="/doorstep.css">
</head>
<body>
<svg class="cord" viewBox="0 0 640 120" aria-hidden="true" focusable="false">
<path d="M-10 84H150C214 84 252 62 252 38C252 20 238 12 221 12"/>
<path class="gap" d="M190 38C190 62 228 84 292 84"/>
<path d="M221 12C204 12 190 20 190 38C190 62 228 84 292 84C320 84 338 76 356 66"/>
<path d="M650 84H486C456 84 438 90 418 102"/>
</svg>
<main>
<h1>Wavu does not start here</h1>
<p>You reached a Wavu relay at <strong class="address">${escape(originOf(host, false))}</strong>, over plain HTTP.
Through this door a browser gives a page no keys, no offline start and no camera, and anybody on the way could change the page.
So nothing of the app was loaded, and nothing was stored on your device.</p>
${proxyHint(world, asked)}
<h2>What works</h2>
<ul>
${works(world, asked, host).join('\n')}
</ul>
${elsewhere(world, host)}
${world.house !== null && isNear(asked) ? trustWords(world.house.authority) : ''}
${world.certificate() === null && !world.behindProxy ? recipes(world.port()) : ''}
</main>
</body>
</html>
`;

/** A proxy that says HTTPS while nobody told us to believe it: the host has forgotten a flag. */
function proxyHint(world: DoorstepWorld, asked: Asked): string {
  const says = asked.headers['x-forwarded-proto'] === 'https' && distanceOf(asked.remoteAddress) === 'this-machine';
  if (!says || world.behindProxy) return '';
  return `<p class="note">A proxy on this machine says that you came by HTTPS. If it is yours, start the relay with <code>--behind-proxy</code>, and Wavu starts here.</p>`;
}

function works(world: DoorstepWorld, asked: Asked, host: Host): readonly string[] {
  const certificate = world.certificate();
  const port = host.port ?? 80;
  const found: string[] = [];
  if (certificate !== null) {
    const names = certificate.names.filter((name) => !name.includes('*') && name !== host.name).slice(0, 3);
    const isEnough = certificate.covers(host) && !certificate.isSelfSigned;
    const others = isEnough ? [] : names.map((name): Host => ({ kind: 'name', name, port }));
    for (const each of [...others, { ...host, port }]) {
      const isTrusted = certificate.covers(each) && !certificate.isSelfSigned;
      found.push(`<li>${link(originOf(each, true))} ${isTrusted ? 'This relay, over HTTPS.' : warning}</li>`);
    }
  }
  if (world.house !== null && isNear(asked)) {
    const leaf = world.house.leaf();
    const names = leaf.names.filter((name) => name !== 'localhost').map((name): Host => ({ kind: 'name', name, port }));
    const way = leaf.covers(host) ? { ...host, port } : names[0];
    if (way !== undefined) found.push(`<li>${link(originOf(way, true))} ${warningOfHouse}</li>`);
  }
  if (world.behindProxy) {
    found.push('<li>The <code>https://</code> address your host gave you: this relay stands behind a proxy.</li>');
  }
  if (world.servesThisMachine) {
    found.push(`<li>On the computer the relay runs on: <span class="address">http://localhost:${port}</span></li>`);
  }
  if (found.length === 1 && certificate === null && !world.behindProxy) {
    found.push('<li>Elsewhere nothing yet: whoever hosts this relay turns HTTPS on, as below.</li>');
  }
  return found;
}

const warning = `This relay, over HTTPS; the browser will warn you about its certificate.
Whoever goes on all the same has no offline start and cannot install.`;

const warningOfHouse = `This relay, over HTTPS. The browser warns you; go on all the same (Advanced, then Continue or Accept), and all works
but offline start and installing. Without the warning: see below.`;

/** Chromium lets a page of HTTPS in by ws:// once its person allowed it; where a browser does not, the second door may. */
const elsewhere = (world: DoorstepWorld, host: Host): string => `<h2>You have Wavu from elsewhere?</h2>
<p>There choose “Scan or paste an invite” (under New, once you have rooms), and paste this address. That Wavu then meets people by this relay as well, and keeps its keys:</p>
<pre><code>${escape(withSecondDoor(`${originOf(host, false)}/`, world.otherDoors()))}</code></pre>
<p>The browser may ask whether Wavu may reach devices of your network. Where it lets Wavu get here by no door, Wavu offers to open a page of this relay for an answer.</p>`;

/** The addresses are ours or were read strictly; escaped they are all the same. */
const link = (origin: string): string => `<a class="address" href="${escape(origin)}/">${escape(origin)}</a>`;

const recipes = (port: number): string => `<h2>For whoever hosts it</h2>
<p>Choose one name and keep it: a browser keeps people's keys under the address they opened.</p>
<h3>With a certificate of your own</h3>
<pre><code>npm start -- --cert fullchain.pem --key privkey.pem</code></pre>
<p>HTTPS then answers on this same port.</p>
<h3>With Caddy, for a name on the internet</h3>
<pre><code>npm start -- --behind-proxy
caddy reverse-proxy --from wavu.example.org --to 127.0.0.1:${port}</code></pre>
<h3>With Tailscale, for your own devices</h3>
<pre><code>npm start -- --behind-proxy
tailscale serve --bg ${port}</code></pre>`;

const escape = (text: string): string => text.replace(/[&<>"']/g, (letter) => `&#${letter.codePointAt(0)};`);
