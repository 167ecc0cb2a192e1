import { taskQueueOf } from '../../src/contract/task-queue.ts';
import { join } from 'node:path';
import { openGround, startApi } from '../../src/cli/parts.ts';
import { stoppable } from '../../src/cli/shutdown.ts';
import type { AdmissionStore } from '../../src/store/store.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { compose } from '../../src/workers/compose.ts';
import { createWorker } from '../../src/workers/create-worker.ts';
import { keepStore } from '../../src/workers/open-store.ts';
import { workflowBundle } from '../../src/workers/workflow-bundle.ts';
import type { World } from '../world/world.ts';
import type { Contestant } from './contestant.ts';
import { mendloop } from './mendloop.ts';

export const UNGUARDED = 'unguarded';

/** Grants everything at once, and stores nothing. */
const NO_ADMISSION: Pick<AdmissionStore, 'admit' | 'fence' | 'leave'> = {
  admit: () => Promise.resolve({ status: 'granted', epoch: 1 }),
  fence: () => Promise.resolve({ open: true }),
  leave: () => Promise.resolve(),
};

/** The same Mendloop beside the world's own, in the same process, but without admission: only to know what it costs. */
export async function unguarded(world: World): Promise<Contestant> {
  const { temporal, stack, directory, config: usual } = world;
  const config = {
    ...usual,
    temporal: { ...usual.temporal, taskQueue: UNGUARDED },
    audit: { ...usual.audit, store: { type: 'embedded' as const, folder: join(directory, `${UNGUARDED}-store`) } },
  };
  const context = { ...world.context, config, metrics: createMetrics() };
  const { client, connection, namespace } = temporal;
  const { store: opened, policy } = await openGround('up', { context, temporal, stack });
  const store = await keepStore(
    { ...opened, admission: { ...opened.admission, ...NO_ADMISSION } },
    { ...context, client },
  );
  stack.add(stoppable(() => store.close()));
  const composition = compose({ ...context, policy, client, store });
  stack.add(stoppable(() => composition.close()));
  const worker = await createWorker({
    ...{ settings: config.temporal, taskQueue: taskQueueOf(config), connection, namespace, metrics: context.metrics },
    workflowBundle: workflowBundle(context.root),
    activities: composition.activities,
  });
  const finished = worker.run();
  stack.add(
    stoppable(async () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await finished;
    }),
  );
  const { url } = await startApi({
    ...{ context, temporal, policy, store: opened, stack },
    ...{ eager: true, observer: composition.ahead },
  });
  return { ...mendloop({ ...world, webhookUrl: `${url}/webhooks/alertmanager` }), name: UNGUARDED };
}
