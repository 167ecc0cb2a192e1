import { hasSeen } from '../../domain/target/said-of-object.ts';
import type { V1PodDisruptionBudget } from '@kubernetes/client-node';
import { podFacts } from '../../domain/actions/pod-facts.ts';
import type { BudgetState } from '../../domain/actions/relax_pdb/judge-budget.ts';
import type { RelaxPdbSeen } from '../../domain/actions/relax_pdb/relax-pdb.ts';
import { Part } from '../../domain/authority/seen-object.ts';
import { defined } from '../../domain/defined.ts';
import type { Target } from '../../domain/target/target.ts';
import { inspectObject } from './inspect-object.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { labelSelector } from './label-selector.ts';
import { podsPath } from './pod-workload.ts';
import { seenObject } from './seen-object.ts';
import type { Pod } from './workload.ts';

export type Budget = V1PodDisruptionBudget;

/** A disruption budget with the Pods that it is for. @throws MendloopError `TargetNotFound`. */
export async function inspectBudget(kubernetes: KubernetesClient, target: Target): Promise<RelaxPdbSeen> {
  const { object, base } = await inspectObject<Budget>(kubernetes, target);
  const query = { labelSelector: labelSelector(object.spec?.selector ?? {}) };
  const { items } = await kubernetes.get<{ items: Pod[] }>(podsPath(target.namespace), query);
  return defined({
    ...base,
    // What is protected among them may not be disrupted either.
    objects: [...base.objects, ...items.map((pod) => seenObject(Part.Used, 'Pod', pod))],
    minAvailable: object.spec?.minAvailable,
    maxUnavailable: object.spec?.maxUnavailable,
    state: budgetState(object),
    mayNeedQuorum: items.some((pod) => podFacts(pod).controller?.kind !== 'ReplicaSet'),
  });
}

export function budgetState({ metadata, status }: Budget): BudgetState {
  return {
    expectedPods: status?.expectedPods ?? 0,
    currentHealthy: status?.currentHealthy ?? 0,
    disruptionsAllowed: status?.disruptionsAllowed ?? 0,
    isCurrent: status !== undefined && hasSeen(defined({ metadata, status })),
  };
}
