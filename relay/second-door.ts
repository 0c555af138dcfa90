/** An address that opens in a browser, and tells an app from elsewhere the second door beside it: Wavu's "scan or paste" reads both. */
export function withSecondDoor(url: string, doors: readonly string[]): string {
  const { protocol, hostname } = new URL(url);
  if (protocol !== 'http:') return url;
  const found = doors.map((door) => shape.exec(door)).find((match) => match?.[1] === hostname);
  return found ? `${url}?udp=${found[2]}&certhash=${found[3]}` : url;
}

const shape = /^\/ip4\/([\d.]+)\/udp\/(\d+)\/webrtc-direct\/certhash\/([\w-]+)(?:\/|$)/;
