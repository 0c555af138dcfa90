/** What a page and a relay speak, and two relays, by the names libp2p streams call it. */
export const meetProtocol = '/wavu/meet/1';
export const sisterProtocol = '/wavu/sister/1';
export const directoryProtocol = '/wavu/directory/1';
