/** What every answer says about what a page from here may do. */
export type Headers = Readonly<Record<string, string>>;

/** Exact allowances; invites name other relays, hence the open connect-src. */
const appPolicy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "font-src 'self'",
  "connect-src 'self' https: http: wss: ws:",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types wavu',
].join('; ');

/** Where no app is served nothing but a stylesheet is needed. */
const plainPolicy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The camera reads QR codes; nothing else is asked for. */
const permissions = [
  'camera=(self)',
  ...['accelerometer', 'display-capture', 'geolocation', 'gyroscope', 'magnetometer', 'microphone', 'midi', 'payment', 'usb'].map(
    (name) => `${name}=()`,
  ),
].join(', ');

const everywhere: Headers = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'permissions-policy': permissions,
};

/** `app`: the page itself and its parts; `plain`: all the rest. */
export const securityHeaders = (kind: 'app' | 'plain'): Headers => ({
  ...everywhere,
  'content-security-policy': kind === 'app' ? appPolicy : plainPolicy,
});

/** Half a year. Only where we end the TLS ourselves, and never for this machine: it would shut http://localhost for all. */
export const strictTransport: Headers = { 'strict-transport-security': 'max-age=15552000' };

/** Where a browser trusts no header about isolation, it writes an error about it to the console. */
export const forInsecure = (headers: Headers): Headers =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'cross-origin-opener-policy'));
