/** The door this page came by, as an address to dial: most likely its relay stands right behind it. */
export function firstDoor({ protocol, hostname, port }: Pick<Location, 'protocol' | 'hostname' | 'port'>): string {
  const isSecure = protocol === 'https:';
  const host = hostname.startsWith('[')
    ? `ip6/${hostname.slice(1, -1)}`
    : `${isIpv4.test(hostname) ? 'ip4' : 'dns4'}/${hostname}`;
  return `/${host}/tcp/${port || (isSecure ? '443' : '80')}/${isSecure ? 'wss' : 'ws'}`;
}

const isIpv4 = /^\d+\.\d+\.\d+\.\d+$/;
