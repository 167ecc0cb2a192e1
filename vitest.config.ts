import { defineConfig } from 'vitest/config';

/** A condition is waited for as long as a busy machine may need; a test that holds does not wait for it. */
const expect = { poll: { timeout: 15_000, interval: 50 } };

export default defineConfig({
  test: {
    // Two cores: by default one would be left alone.
    maxWorkers: 2,
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 30_000, expect } },
      {
        test: {
          name: 'workflow',
          globalSetup: ['test/support/temporal-setup.ts'],
          include: ['test/workflow/**/*.test.ts', 'test/replay/**/*.test.ts'],
          testTimeout: 60_000,
          expect,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: [
            'test/integration/{kubernetes,prometheus,notifications,silences,evidence,explain-guards,self-check,policy,policy-lint,audit*}.test.ts',
          ],
          testTimeout: 120_000,
          expect,
          hookTimeout: 900_000,
        },
      },
      {
        // Whole installations: minutes each on two cores. `make test-e2e`.
        test: {
          name: 'e2e',
          include: [
            'test/{e2e,chaos}/**/*.test.ts',
            'test/integration/{api-remediations,cli-remediations,guards,lease,observability,preview-scale,scorecard}.test.ts',
          ],
          testTimeout: 120_000,
          expect,
          hookTimeout: 900_000,
        },
      },
    ],
  },
});
