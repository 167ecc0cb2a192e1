import { createActionEffects } from '../../activities/actions/index.ts';
import { createLookAtChecks } from '../../activities/look-at-checks.ts';
import { createProbeClient } from '../../clients/probes/probe-client.ts';
import { createAuthorize } from '../../activities/authorize.ts';
import type { LookUpChanges } from '../../activities/check-preconditions.ts';
import { createLookInGit } from '../../activities/look-in-git.ts';
import { planChange } from '../../activities/plan-change.ts';
import { createCostSource } from '../../clients/cost/create-cost-source.ts';
import { countWorkloads } from '../../clients/kubernetes/count-workloads.ts';
import { createKubernetesClient, type KubernetesClient } from '../../clients/kubernetes/kubernetes-client.ts';
import { sumPodRequests } from '../../clients/kubernetes/sum-pod-requests.ts';
import type { Config } from '../../config/schema.ts';
import { isPlanned } from '../../domain/decision/is-planned.ts';
import { createCalendar } from '../../domain/windows/calendar.ts';
import { MendloopError } from '../../domain/failures.ts';
import { openStore } from '../../store/open-store.ts';
import type { Store } from '../../store/store.ts';
import { authorityOf } from '../../workers/authority-of.ts';
import { missingStore } from '../missing-store.ts';
import { askGuards, type GuardReach } from './ask-guards.ts';
import type { AskGuards } from './explain-alert.ts';

/**
 * The way to the store, and to all that admission judges by, as a worker of these settings has it. Opened when a decision
 * is first asked about. What cannot be reached makes for a guard that could not be asked, not for a failure: a decision
 * can be explained anywhere.
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
  const store = await openQuietly(config);
  const kubernetes = kubernetesOf(config);
  const authority = authorityOf(config, {});
  const calendar = createCalendar(config.windows);
  const probes = createProbeClient(config.probes);
  const onCluster = <T>(use: (client: KubernetesClient) => Promise<T>): Promise<T> =>
    kubernetes instanceof MendloopError ? Promise.reject(kubernetes) : use(kubernetes);
  const costSource = createCostSource({
    settings: config.cost,
    listPodRequests: (scope) => onCluster((client) => sumPodRequests(client, scope)),
  });
  return {
    guards: {
      planChange: (request) =>
        onCluster((kubernetes) => {
          const authorize = createAuthorize({ kubernetes, authority });
          const lookInGit = createLookInGit({ kubernetes, terms: config.targets.gitOps });
          const changes = changesOf(store, config);
          const { jobServiceAccounts } = authority;
          const effects = createActionEffects({ kubernetes, jobServiceAccounts });
          return planChange({ effects, authorize, lookInGit, changes }, request);
        }),
      lookAtChecks: (request) => onCluster((client) => createLookAtChecks({ kubernetes: client, probes })(request)),
      countWorkloads: (namespace) => onCluster((client) => countWorkloads(client, { namespace })),
      costSource,
      window: (scope) => calendar.refusal(scope, Date.now()),
      preview: (request) => (store instanceof MendloopError ? Promise.reject(store) : store.admission.preview(request)),
    },
    close: async () => {
      await Promise.all([costSource.close(), store instanceof MendloopError ? undefined : store.close()]);
    },
  };
}

/** What the past says, where the store is there. */
function changesOf(store: Store | MendloopError, { kubernetes: { cluster } }: Config): LookUpChanges {
  return (question) =>
    store instanceof MendloopError ? Promise.reject(store) : store.admission.changes({ cluster, ...question });
}

async function openQuietly({ audit: settings, guards: limits, kubernetes }: Config): Promise<Store | MendloopError> {
  const missing = missingStore(settings);
  if (missing !== undefined) return new MendloopError('StoreUnavailable', `there is no store at ${missing}`);
  try {
    return await openStore({ settings, limits, cluster: kubernetes.cluster });
  } catch (error) {
    if (error instanceof MendloopError) return error;
    throw error;
  }
}

function kubernetesOf({ kubernetes }: Config): KubernetesClient | MendloopError {
  try {
    return createKubernetesClient(kubernetes);
  } catch (error) {
    return new MendloopError('KubernetesUnavailable', error instanceof Error ? error.message : String(error));
  }
}
