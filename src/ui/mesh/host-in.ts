/** `/dns4/wavu.example/tcp/443/wss/…` is for programs; people know `wavu.example:443`. By webrtc-direct it is `192.0.2.1:8470/udp`. */
export function hostIn(address: string): string {
  const [, , host, protocol, port] = address.split('/');
  if (host === undefined || port === undefined) return address;
  return protocol === 'udp' ? `${host}:${port}/udp` : `${host}:${port}`;
}
