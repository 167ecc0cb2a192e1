import { defined } from '../../domain/defined.ts';
import { MendloopError } from '../../domain/failures.ts';
import { fieldOwners, type ManagedFieldsEntry } from '../../domain/actions/field-owners.ts';
import {
  type Act,
  judgeRollout,
  type RolloutState,
  type RolloutVerdict,
  servingReplicas,
  type WantedReplicas,
} from '../../domain/actions/rollout.ts';
import { nameTarget } from '../../domain/target/name-target.ts';
import type { Target } from '../../domain/target/target.ts';
import { awaitObject, type Look, type WatchedObject } from './await-object.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { nameOwners } from './lever.ts';
import { workloadPath, workloadsPath } from './workload.ts';

export interface Readiness extends WantedReplicas {
  readonly target: Target;
  readonly uid: string;
  /** Of what came before it, nothing is held against the target. */
  readonly act: Act;
  /** Milliseconds since the epoch. */
  readonly deadlineAt: number;
}

export interface ReadyResult {
  readonly readyReplicas: number;
  /** Milliseconds, of this attempt. */
  readonly waitedMs: number;
}

/**
 * Waits by watch until the workload is ready.
 *
 * @throws MendloopError `EffectFailed`, `EffectTimedOut`, `TargetChanged`, `TargetReplaced`, `TargetNotFound`; the
 * signal's reason when it is aborted.
 */
export async function awaitReady(
  kubernetes: KubernetesClient,
  wanted: Readiness,
  signal: AbortSignal,
): Promise<ReadyResult> {
  const startedAt = Date.now();
  const { target, deadlineAt } = wanted;
  const awaited = { target, deadlineAt, path: workloadPath(target), collection: workloadsPath(target) };
  const look = (object: WatchedObject): Look<number> => {
    const workload = object as WorkloadState;
    const verdict = judge(workload, wanted);
    if (verdict.status === 'ready') return { done: true, result: verdict.readyReplicas };
    return defined({ done: false as const, detail: verdict.detail, atLast: servingReplicas(workload, wanted) });
  };
  const readyReplicas = await awaitObject(kubernetes, awaited, { look, signal });
  return { readyReplicas, waitedMs: Date.now() - startedAt };
}

/** What of a workload is looked at. */
type WorkloadState = RolloutState & {
  readonly metadata?: { readonly uid?: string; readonly managedFields?: readonly ManagedFieldsEntry[] };
};

function judge(workload: WorkloadState, { target, uid, act, ...wanted }: Readiness): PassingVerdict {
  const name = nameTarget(target);
  if (workload.metadata?.uid !== uid) throw new MendloopError('TargetReplaced', `${name} was created anew`);
  const verdict = judgeRollout(workload, wanted, act);
  if (verdict.status === 'failed') throw new MendloopError('EffectFailed', `${name}: ${verdict.detail}`);
  if (verdict.status === 'changed') {
    const by = nameOwners({ owners: fieldOwners(workload.metadata.managedFields, 'replicas') });
    throw new MendloopError(
      'TargetChanged',
      `${by} has set ${name} to ${verdict.found} while ${wanted.replicas} were waited for`,
    );
  }
  return verdict;
}

type PassingVerdict = Extract<RolloutVerdict, { status: 'ready' | 'progressing' }>;
