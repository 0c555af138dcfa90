/** Whether an address leads to a machine of somebody's own house: elsewhere that is another machine, and none that a page should knock at. */
export function isOfAHouse(address: string): boolean {
  const [, kind = '', host = '', ...rest] = address.toLowerCase().split('/');
  // A browser dials the name behind `sni`, whatever stands first.
  return isHouse(kind, host) || rest.some((part, at) => part === 'sni' && isHouse('dns', rest[at + 1] ?? ''));
}

/** Nothing that a browser reads as another number. */
export const isIp4 = (text: string): boolean => ip4.test(text);

function isHouse(kind: string, host: string): boolean {
  if (kind === 'ip4') return isPrivate.test(host) || !isIp4(host);
  // Whatever is of the internet begins so.
  if (kind === 'ip6') return !/^[23][\da-f]{3}:/.test(host);
  // Only what is of a house has zones.
  return kind === 'ip6zone' || (kind.startsWith('dns') && (!/^[a-z\d.-]+$/.test(host) || isHouseName.test(host)));
}

const isPrivate = /^(?:0|10|127|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./;
const ip4 = /^(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}$/;
/** Bare, of no registry, or a number that browsers read as an address. */
const isHouseName = /^[^.]*\.?$|(?:^|\.)(?:local|localhost|lan|internal|home|home\.arpa|\d+|0x[\da-f]*)\.?$/;
