/** Whether a relay with this `--host` listens at every address of its machine. */
export const isEverywhere = (host: string): boolean => host === '0.0.0.0' || host === '::';
