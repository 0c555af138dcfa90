/** The doorstep and the page for offers speak the app's languages, chosen by the browser or by a link, without script or cookie. */
import { expect, test } from 'vitest';
import { languages, wordsFor } from '../../relay/words/languages.ts';
import { en } from '../../src/ui/words/en.ts';
import { es } from '../../src/ui/words/es.ts';
import { languages as languagesOfApp } from '../../src/ui/words/languages.ts';
import { sw } from '../../src/ui/words/sw.ts';
import { ask, openTestDoor } from './http-world.ts';

const app = { en, sw, es } as const;
const titles = { en: 'Wavu does not start here', sw: 'Wavu haianzi hapa', es: 'Wavu no arranca aquí' } as const;

test('they are the languages of the app', () => {
  expect(languages).toEqual(languagesOfApp);
});

test.each([
  ['', 'en'],
  ['*', 'en'],
  ['sw', 'sw'],
  ['sw-TZ', 'sw'],
  ['es-419,es;q=0.9,en;q=0.8', 'es'],
  ['fr-FR, fr;q=0.9, sw;q=0.5, en;q=0.4', 'sw'],
  ['en;q=0.3, ES-mx;q=0.7', 'es'],
  ['en, es', 'en'],
  ['sw;q=0, es;q=0.1', 'es'],
  ['es;q=many, sw;q=-1', 'en'],
  ['swahili, ess', 'en'],
  [`${'xx-XX,'.repeat(1000)}sw`, 'sw'],
] as const)('a browser that wants %j reads %s', async (wanted, code) => {
  const { door } = await openTestDoor();
  const headers = { host: '192.168.1.5:8470', ...(wanted === '' ? {} : { 'accept-language': wanted }) };
  const told = await ask({ port: door.port, headers });
  expect([told.status, told.headers['content-language'], told.headers['vary']]).toEqual([200, code, 'accept-language']);
  expect(told.text).toContain(`<html lang="${code}">`);
  expect(told.text).toContain(`<h1>${titles[code]}</h1>`);
  expect(told.text).toContain(`hreflang="${code}" lang="${code}" aria-current="page"`);
});

test.each([
  ['/?lang=es', 'es'],
  ['/index.html?udp=8471&lang=en', 'en'],
  ['/?lang=sw', 'sw'],
  ['/?lang=xx', 'sw'],
  ['/?lang=constructor', 'sw'],
  ['/?lang=es"><script>', 'sw'],
  ['/?slang=es', 'sw'],
] as const)('%s is before the browser, where it says a language of ours', async (path, code) => {
  const { door } = await openTestDoor();
  const told = await ask({ port: door.port, path: encodeURI(path), headers: { host: 'wavu.local', 'accept-language': 'sw' } });
  expect([told.status, told.headers['content-language']]).toEqual([200, code]);
  expect(told.headers['content-security-policy']).toBe(
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  );
  expect(told.headers['set-cookie']).toBeUndefined();
  expect(told.text).not.toMatch(/<script/);
});

test('an offer is answered in the language of who carried it', async () => {
  const { door } = await openTestDoor();
  const path = '/pair?offer=AAAA';
  const told = await ask({ port: door.port, path, headers: { host: '192.168.1.5', 'accept-language': 'es' } });
  expect([told.status, told.headers['content-language']]).toEqual([404, 'es']);
  expect(told.text).toContain('<h1>Sin respuesta</h1>');
});

test.each(languages)('in $name no sentence is empty or left in English, and the buttons it quotes are the app’s', ({ code }) => {
  const said = sentences(wordsFor(`/?lang=${code}`, ''));
  expect(said.filter((each) => each.trim() === '')).toEqual([]);
  const w = wordsFor(`/?lang=${code}`, '');
  expect(w.fromElsewhere.how).toContain(app[code].home.join);
  expect(w.fromElsewhere.how).toContain(app[code].home.fresh);
  expect(w.pair.again).toContain(app[code].join.openPage);
  expect(w.pair.refused['bad-signal']).toContain(app[code].join.openPage);
  if (code === 'en') return;
  const english = new Set(sentences(wordsFor('/?lang=en', '')));
  // Steps through systems that do not speak it stay in theirs; so do names.
  const same = said.filter(
    (each) => english.has(each) && !/^(Settings|Place all certificates|Android|Windows|macOS|Linux)/.test(each),
  );
  expect(same).toEqual([]);
});

function sentences(words: object): readonly string[] {
  return Object.values(words).flatMap((said: unknown) => {
    if (typeof said === 'string') return [said];
    if (typeof said === 'function') return [(said as (put: string) => string)('ADDRESS')];
    return typeof said === 'object' && said !== null ? sentences(said) : [];
  });
}
