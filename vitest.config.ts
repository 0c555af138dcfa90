/** The tests in their kinds: what needs nothing but itself, real sockets, pages in a real browser, and what only runs by hand. */
import { existsSync } from 'node:fs';
import type { ViteUserConfig } from 'vitest/config';

const pageSetup = './tests/browser/setup.ts';
/** Schedules, vectors, a second reader, storms: part of `npm test`, too long for `npm run check`. */
const proofs = [
  'tests/protocol/**/{model,decoders,fuzz,theft,second-reader,large-room,suites-agree,frozen-v2-*}.test.ts',
  'tests/protocol/vectors/**/*.test.ts',
  'tests/app/{storms,asking,hostile,slots,square-rules,whereabouts,members-*}.test.ts',
  'tests/app/{cast/{cast,receipts},here/here,routing/copies}.test.ts',
  'tests/house/bootstrap.test.ts',
  'tests/simulation/{determinism,idle,members,scenarios,suites-agree,directory}.test.ts',
];
const inPages = { fileParallelism: false, maxWorkers: 1 };

const config: ViteUserConfig = {
  // The page's own configuration (vite.config.ts) is no business of tests in Node.
  test: {
    environment: 'node',
    passWithNoTests: true,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['tests/**/*.test.{ts,tsx}'],
          exclude: ['tests/{relay,adapters,browser,deep}/**', ...proofs],
          testTimeout: 20_000,
        },
      },
      { test: { name: 'proofs', include: proofs, testTimeout: 60_000 } },
      { test: { name: 'relay', include: ['tests/relay/**/*.test.ts'], testTimeout: 30_000, hookTimeout: 30_000 } },
      {
        test: {
          name: 'adapters',
          include: ['tests/adapters/**/*.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 30_000,
          // WebRTC in Node (libdatachannel) drops 2 to 6 of 100 handshakes by itself, in the bare library too. Pages do not:
          // tests/browser and B3 count them there without a second try.
          retry: 2,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['tests/browser/**/*.test.ts'],
          globalSetup: existsSync(pageSetup) ? [pageSetup] : [],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          // After the others: a page under load is slow, and two cores are all there are.
          sequence: { groupOrder: 1 },
          ...inPages,
        },
      },
      // Not part of `npm test`: named only by `npm run test:deep`.
      ...(process.env['WAVU_DEEP'] === '1'
        ? [
            {
              test: {
                name: 'deep',
                include: ['tests/deep/**/*.test.ts'],
                globalSetup: existsSync(pageSetup) ? [pageSetup] : [],
                testTimeout: 3_600_000,
                hookTimeout: 600_000,
                ...inPages,
              },
            },
          ]
        : []),
    ],
  },
};
export default config;
