import { defined } from '../../domain/defined.ts';
import { MendloopError } from '../../domain/failures.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { KubernetesFailure } from './kubernetes-failure.ts';
import { podPath } from './workload.ts';

export interface Eviction {
  readonly pod: { readonly namespace: string; readonly name: string; readonly uid: string };
  /** Seconds; absent: what the Pod asks for. */
  readonly graceSeconds?: number | undefined;
  /** Only as it was in this version; absent: in any. */
  readonly resourceVersion?: string | undefined;
  /** Asks whether it may be evicted now, and evicts nothing. */
  readonly dryRun?: boolean;
}

export type EvictionAnswer =
  | { readonly status: 'told' }
  /** Not there any more, or another one has its name. */
  | { readonly status: 'missed' }
  /** Not now; `by` says what holds it, for people. */
  | { readonly status: 'held'; readonly by: string; readonly retryAfterMs?: number };

/** What the API server says where a Pod is in the selectors of two disruption budgets. Source: its `eviction.go`. */
const TWO_BUDGETS = 'more than one PodDisruptionBudget';

/**
 * Asks the API server to evict one Pod, by UID, as its disruption budgets allow.
 *
 * @throws MendloopError `DisruptionRefused` if they never will.
 */
export async function evictPod(
  kubernetes: KubernetesClient,
  { pod: { namespace, name, uid }, graceSeconds, resourceVersion, dryRun = false }: Eviction,
): Promise<EvictionAnswer> {
  const eviction = {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { namespace, name },
    deleteOptions: {
      preconditions: defined({ uid, resourceVersion }),
      ...defined({ gracePeriodSeconds: graceSeconds }),
    },
  };
  try {
    await kubernetes.create(`${podPath({ namespace, name })}/eviction`, eviction, dryRun ? { dryRun: 'All' } : {});
    return { status: 'told' };
  } catch (error) {
    if (error instanceof KubernetesFailure) return answerOf(error, `${namespace}/${name}`);
    throw error;
  }
}

function answerOf(failure: KubernetesFailure, name: string): EvictionAnswer {
  const { status, message, causes } = failure.answer;
  if (status === 404 || status === 409) return { status: 'missed' };
  if (status === 403 && causes.some(({ reason }) => reason === 'NamespaceTerminating')) {
    return { status: 'held', by: 'its namespace is being deleted, and takes it along' };
  }
  if (status === 500 && message.includes(TWO_BUDGETS)) {
    throw new MendloopError('DisruptionRefused', `Pod ${name}: ${message}`);
  }
  const budget = causes.find(({ reason }) => reason === 'DisruptionBudget');
  if (status === 429 && budget !== undefined) {
    return { status: 'held', by: budget.message, ...defined({ retryAfterMs: failure.retryAfterMs }) };
  }
  throw failure;
}
