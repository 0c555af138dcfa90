/** Vouches for the few scripts of our own that code may start. The one Trusted Types policy there is. */
const ours = /^\/(service-worker|assets\/predictor\.worker-[\w-]+)\.js$/;

// TypeScript's DOM does not know Trusted Types yet; a browser without them takes the plain text.
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}
let policy: { createScriptURL(url: string): string } | null = null;

export function ownScriptUrl(url: string): string {
  // Once: the relay's CSP admits the name `wavu` and refuses it a second time.
  policy ??= createPolicy();
  return policy.createScriptURL(url);
}

function createPolicy(): { createScriptURL(url: string): string } {
  const rules = {
    createScriptURL(url: string): string {
      if (!ours.test(url)) throw new TypeError('not a script of ours');
      return url;
    },
  };
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  return trustedTypes?.createPolicy('wavu', rules) ?? rules;
}
