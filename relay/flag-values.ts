/** What each kind of setting may be, and the words for what it may not. */
import { isIP } from 'node:net';
import path from 'node:path';
import { limits } from '../src/protocol/limits.ts';
import { readHost as readHostName, webSocketDoor } from './http/host.ts';

export type Read<Value> = { readonly value: Value } | { readonly wrong: string };

export const readPort = (text: string): Read<number> =>
  /^\d{1,5}$/.test(text) && Number(text) <= 65_535
    ? { value: Number(text) }
    : { wrong: 'a port is a whole number from 1 to 65535, or 0 for any free one.' };

export const readPortOrOff = (text: string): Read<number | 'off'> => {
  if (text === 'off') return { value: 'off' };
  const port = readPort(text);
  return 'value' in port ? port : { wrong: 'a port is a whole number from 1 to 65535; or off, and this door stays shut.' };
};

export const readHost = (text: string): Read<string> => {
  const bare = /^\[(.*)\]$/.exec(text)?.[1] ?? text;
  return bare === 'localhost' || isIP(bare) !== 0
    ? { value: bare === 'localhost' ? '127.0.0.1' : bare }
    : { wrong: 'an address of this machine, such as 127.0.0.1 (nobody else), 0.0.0.0 (everybody) or ::.' };
};

export const readOnOff = (text: string): Read<boolean> =>
  text === 'on' || text === 'off' ? { value: text === 'on' } : { wrong: 'on or off.' };

export const readAccess = (text: string): Read<'open' | 'members'> =>
  text === 'open' || text === 'members' ? { value: text } : { wrong: 'open (everybody) or members.' };

export const readPath = (text: string): Read<string> =>
  text.trim() === '' || text.includes('\0') ? { wrong: 'a path.' } : { value: path.resolve(text) };

/** Other relays as people open them in a browser, with commas between; as libp2p spells their doors. */
export const readSisters = (text: string): Read<readonly string[]> => {
  const doors = text.split(',').map((each) => doorAt(each.trim()));
  if (doors.length > limits.sisters) return { wrong: `at most ${limits.sisters} relays.` };
  return doors.every((door) => door !== null)
    ? { value: doors }
    : { wrong: 'what people open in a browser, such as https://wavu.example:8470; several with commas between.' };
};

/** Where others dial this relay, as people open it in a browser. */
export const readPublic = (text: string): Read<string> => {
  const door = doorAt(text);
  return door === null ? { wrong: 'what people elsewhere open in a browser, such as https://wavu.example.' } : { value: door };
};

function doorAt(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  const host = url === null ? null : readHostName(url.host);
  if (url === null || host === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return null;
  return url.pathname === '/' && url.search === '' ? webSocketDoor(host, url.protocol === 'https:') : null;
}
