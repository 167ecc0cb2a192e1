import { createCostSource } from '../../clients/cost/create-cost-source.ts';
import { countWorkloads } from '../../clients/kubernetes/count-workloads.ts';
import { inspectTarget } from '../../clients/kubernetes/inspect-target.ts';
import { createKubernetesClient, type KubernetesClient } from '../../clients/kubernetes/kubernetes-client.ts';
import { sumPodRequests } from '../../clients/kubernetes/sum-pod-requests.ts';
import { connectClient } from '../../clients/temporal/connect-client.ts';
import { createGuardPreviewer } from '../../clients/temporal/preview-guard.ts';
import type { Config } from '../../config/schema.ts';
import { MendloopError } from '../../domain/failures.ts';
import { isPlanned } from '../../domain/decision/is-planned.ts';
import { askGuards, type GuardReach } from './ask-guards.ts';
import type { AskGuards } from './explain-alert.ts';

/**
 * The way to the guards, and to all that they judge by, as a worker of these settings has it. Gone when a decision is to
 * be asked about for the first time. What cannot be reached makes for a guard that could not be asked, not for a failure:
 * a decision can be explained anywhere.
 */
export function reachGuards(config: Config): { ask: AskGuards; close(): Promise<void> } {
  let reached: ReturnType<typeof reach> | undefined;
  return {
    ask: async (question) => {
      if (!isPlanned(question.decision)) return [];
      reached ??= reach(config);
      return await askGuards(question, (await reached).guards);
    },
    close: async () => {
      await (await reached)?.close();
    },
  };
}

async function reach(config: Config): Promise<{ guards: GuardReach; close(): Promise<void> }> {
  const temporal = await connectClient(config.temporal).catch(messageOf);
  const kubernetes = kubernetesOf(config);
  const onCluster = <T>(use: (client: KubernetesClient) => Promise<T>): Promise<T> =>
    kubernetes instanceof MendloopError ? Promise.reject(kubernetes) : use(kubernetes);
  const costSource = createCostSource({
    settings: config.cost,
    listPodRequests: (scope) => onCluster((client) => sumPodRequests(client, scope)),
  });
  return {
    guards: {
      ask: typeof temporal === 'string' ? () => unreachable(temporal) : createGuardPreviewer(temporal.client),
      inspectTarget: (target) => onCluster((client) => inspectTarget(client, target)),
      countWorkloads: (namespace) => onCluster((client) => countWorkloads(client, { namespace })),
      costSource,
      limits: config.guards,
      signal: new AbortController().signal,
    },
    close: async () => {
      await Promise.all([costSource.close(), typeof temporal === 'string' ? undefined : temporal.close()]);
    },
  };
}

function kubernetesOf({ kubernetes }: Config): KubernetesClient | MendloopError {
  try {
    return createKubernetesClient(kubernetes);
  } catch (error) {
    return new MendloopError('KubernetesUnavailable', messageOf(error));
  }
}

function unreachable(why: string): Promise<never> {
  return Promise.reject(new MendloopError('TemporalUnavailable', why));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
