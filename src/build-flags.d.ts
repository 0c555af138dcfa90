/** What the build decides; see `define` in vite.config.ts. */

/** True in `vite build --mode bench` alone: elsewhere all behind it is left out of the bundle. */
declare const __WAVU_BENCH__: boolean;
