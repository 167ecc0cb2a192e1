import { join } from 'node:path';
import { bundleWorkflowCode, Worker } from '@temporalio/worker';
import { applyScale } from '../../src/clients/kubernetes/apply-scale.ts';
import type { KubernetesClient } from '../../src/clients/kubernetes/kubernetes-client.ts';
import type { LeverChange } from '../../src/clients/kubernetes/lever.ts';
import type { TemporalLink } from '../../src/clients/temporal/connect.ts';
import type { Stack } from '../../dev/stack/index.ts';

export const BARE_TASK_QUEUE = 'bench-bare';

/**
 * A worker for the bare workflows, until the stack stops: on the same connection as Mendloop's, with the same
 * Kubernetes client. `finished` rejects if it fails.
 */
export async function startBareWorker(options: {
  readonly temporal: TemporalLink;
  readonly kubernetes: KubernetesClient;
  readonly stack: Stack;
}): Promise<{ finished: Promise<void> }> {
  const { temporal, kubernetes, stack } = options;
  const quiet = () => undefined;
  const logger = { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: console.warn, error: console.error };
  const { code } = await bundleWorkflowCode({ workflowsPath: join(import.meta.dirname, 'workflows.ts'), logger });
  const worker = await Worker.create({
    connection: temporal.connection,
    namespace: temporal.namespace,
    taskQueue: BARE_TASK_QUEUE,
    workflowBundle: { code },
    activities: { applyScale: (change: LeverChange) => applyScale(kubernetes, change) },
  });
  const finished = worker.run();
  stack.add({
    stop: async () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await finished.catch(() => undefined); // Told to whoever waits for `finished`.
    },
  });
  return { finished };
}
