import { defineConfig } from 'vitest/config';

/** A condition is waited for as long as a busy machine may need; a test that holds does not wait for it. */
const expect = { poll: { timeout: 60_000, interval: 50 } };

/** A folder is a suite: what lies in it runs, whatever its name. */
export default defineConfig({
  test: {
    // Two cores: by default one would be left alone.
    maxWorkers: 2,
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 90_000, expect } },
      {
        test: {
          name: 'workflow',
          globalSetup: ['test/support/temporal-setup.ts'],
          include: ['test/{workflow,replay}/**/*.test.ts'],
          testTimeout: 180_000,
          expect,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          testTimeout: 300_000,
          expect,
          hookTimeout: 900_000,
        },
      },
      {
        // Whole installations: minutes each on two cores. `make test-e2e`.
        test: {
          name: 'e2e',
          include: ['test/{e2e,chaos}/**/*.test.ts'],
          testTimeout: 120_000,
          expect,
          hookTimeout: 900_000,
        },
      },
    ],
  },
});
