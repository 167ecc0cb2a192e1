import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { reachGuards } from '../../../src/cli/explain/reach-guards.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { anAlert } from '../../support/alerts.ts';
import { aDecision } from '../../support/plans.ts';

it('makes no store where there is none yet, and says what could not be asked', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mendloop-reach-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const store = join(folder, 'store');
  const guards = reachGuards(
    configSchema.parse({
      kubernetes: { kubeconfig: join(folder, 'missing') },
      audit: { store: { type: 'embedded', folder: store } },
    }),
  );
  const said = await guards.ask({ decision: aDecision(), alert: anAlert() });
  await guards.close();
  expect(said.map(({ guard, answer }) => [guard, answer])).toEqual([['target', 'unknown']]);
  expect(existsSync(store)).toBe(false);
});
