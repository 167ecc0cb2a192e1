import { join } from 'node:path';
import type { GuardActivities } from '../../src/activities/guards.ts';
import { openPolicyPart, startApi } from '../../src/cli/parts.ts';
import { stoppable } from '../../src/cli/shutdown.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { compose } from '../../src/workers/compose.ts';
import { createWorker } from '../../src/workers/create-worker.ts';
import { openAudit } from '../../src/workers/open-audit.ts';
import { workflowBundle } from '../../src/workers/workflow-bundle.ts';
import type { World } from '../world/world.ts';
import type { Contestant } from './contestant.ts';
import { mendloop } from './mendloop.ts';

export const UNGUARDED = 'unguarded';

/** Guards that ask nobody. */
const NO_GUARDS: GuardActivities = {
  enterTarget: () => Promise.resolve({ status: 'granted' }),
  enterCluster: () => Promise.resolve({ status: 'granted' }),
  reserveBudget: ({ budget }) =>
    Promise.resolve({
      ...{ allowed: true, budget: budget.name, currency: 'EUR', daily: 0, committed: 0, added: 0, projected: 0 },
      reason: 'nobody was asked',
    }),
  leaveGuards: () => Promise.resolve(),
  yieldTarget: () => Promise.resolve(),
  readPause: () => Promise.resolve(undefined),
  describeRemediations: () => Promise.resolve([]),
};

/** The same Mendloop beside the world's own, in the same process, but without guards: only to know what they cost. */
export async function unguarded(world: World): Promise<Contestant> {
  const { temporal, stack, directory, config: usual } = world;
  const config = {
    ...usual,
    temporal: { ...usual.temporal, taskQueue: UNGUARDED },
    audit: { ...usual.audit, store: { type: 'embedded' as const, folder: join(directory, `${UNGUARDED}-audit`) } },
  };
  const context = { ...world.context, config, metrics: createMetrics() };
  const { client, connection, namespace } = temporal;
  const policy = await openPolicyPart(context, stack);
  const audit = await openAudit({ ...context, client });
  stack.add(stoppable(() => audit.close()));
  const composition = compose({ ...context, policy, client, audit });
  stack.add(stoppable(() => composition.close()));
  const worker = await createWorker({
    ...{ settings: config.temporal, connection, namespace, metrics: context.metrics },
    workflowBundle: workflowBundle(context.root),
    activities: { ...composition.activities, ...NO_GUARDS },
  });
  const finished = worker.run();
  stack.add(
    stoppable(async () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await finished;
    }),
  );
  const { url } = await startApi({ context, temporal, policy, stack, eager: true });
  return { ...mendloop({ ...world, webhookUrl: `${url}/webhooks/alertmanager` }), name: UNGUARDED };
}
