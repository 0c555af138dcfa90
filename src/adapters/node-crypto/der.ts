/** What stands before a raw key in DER: RFC 8410's for the curves, RFC 9935's seed form for ML-KEM-768. */
const hex = (text: string): Uint8Array => Buffer.from(text, 'hex');

export const dhKeyDer: Uint8Array = hex('302a300506032b656e032100');
export const dhSecretDer: Uint8Array = hex('302e020100300506032b656e04220420');
export const signKeyDer: Uint8Array = hex('302a300506032b6570032100');
export const signSecretDer: Uint8Array = hex('302e020100300506032b657004220420');
export const kemSecretDer: Uint8Array = hex('3054020100300b060960864801650304040204428040');
