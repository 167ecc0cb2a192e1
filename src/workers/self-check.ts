import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { KubernetesClient } from '../clients/kubernetes/kubernetes-client.ts';
import type { PrometheusClient } from '../clients/prometheus/prometheus-client.ts';
import { signalExecution } from '../clients/temporal/ask-execution.ts';
import { createGuardAsker } from '../clients/temporal/ask-guard.ts';
import type { ClusterLimits } from '../domain/guards/cluster-state.ts';
import type { ClusterAnswer, Leave } from '../domain/guards/messages.ts';
import {
  CLUSTER_GUARD_WORKFLOW,
  clusterGuardId,
  ENTER_UPDATE,
  guardTaskQueue,
  LEAVE_SIGNAL,
} from '../domain/guards/names.ts';

/** Other workers may be there that answer later; the check is not worth more. */
const CHECK_MS = 15_000;

export interface SelfCheckParts {
  readonly client: Client;
  /** Of the remediations. */
  readonly taskQueue: string;
  readonly kubernetes: KubernetesClient;
  readonly prometheus: PrometheusClient;
  readonly limits: ClusterLimits;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  /** Aborting ends the check, and nothing is told any more. */
  readonly signal: AbortSignal;
}

/**
 * Goes the way of a remediation once when a worker starts, as far as it changes nothing: the API server, Prometheus, the
 * cluster's guard. Tells in the log what does not answer while there is time to mend it, and leaves connections and code
 * warm for the first alert, which comes when the machine has least to spare. Never throws.
 */
export async function selfCheck(parts: SelfCheckParts): Promise<void> {
  const { kubernetes, prometheus, logger, signal } = parts;
  const checks = {
    kubernetes: () => kubernetes.get('/version'),
    prometheus: () => prometheus.instantQuery('vector(1)'),
    guards: () => askGuard(parts),
  };
  const faults = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      try {
        await check();
        return [];
      } catch (error) {
        if (!signal.aborted) logger.warn({ err: error, part: name }, 'a part that remediations need does not answer');
        return [name];
      }
    }),
  );
  if (faults.flat().length === 0) logger.info('all that remediations need answers');
}

/** Takes a place in the cluster and gives it back. */
async function askGuard({ client, taskQueue, kubernetes, limits, signal }: SelfCheckParts): Promise<void> {
  const { cluster } = kubernetes;
  const workflowId = clusterGuardId(cluster);
  const remediationId = `self-check/${randomUUID()}`;
  const place = { namespace: 'mendloop', target: `${cluster}/mendloop/self-check`, workloadsInNamespace: 1 };
  const ask = createGuardAsker({ client, taskQueue: guardTaskQueue(taskQueue), start: {} });
  await ask<ClusterAnswer>({
    ...{ workflowType: CLUSTER_GUARD_WORKFLOW, workflowId, summary: `guard of cluster ${cluster}` },
    ...{ update: ENTER_UPDATE, updateId: remediationId, input: { remediationId, ...place, limits } },
    signal: AbortSignal.any([signal, AbortSignal.timeout(CHECK_MS)]),
  });
  const leave: Leave = { remediationId, outcome: 'observed', text: 'a worker has started', acted: false };
  await signalExecution({ client, workflowId, signal: LEAVE_SIGNAL, input: leave });
}
