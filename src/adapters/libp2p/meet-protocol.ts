/** What a page and a relay speak, by the name libp2p streams call it. */
export const meetProtocol = '/wavu/meet/1';
