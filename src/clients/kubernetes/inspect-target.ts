import { complaintsOf } from '../../domain/actions/rollout.ts';
import type { ScaleSeen } from '../../domain/actions/scale/change.ts';
import { Part } from '../../domain/authority/seen-object.ts';
import { asAdmitted } from '../../domain/cost/as-admitted.ts';
import { type PodSpecLike, podRequests } from '../../domain/cost/pod-requests.ts';
import { defined } from '../../domain/defined.ts';
import { MendloopError } from '../../domain/failures.ts';
import { nameTarget } from '../../domain/target/name-target.ts';
import type { Target } from '../../domain/target/target.ts';
import { findAutoscaler, listScaledObjects } from './find-autoscaler.ts';
import { followControllers } from './follow-controllers.ts';
import { HELD_BY } from './hold-target.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { labelSelector, type Selector } from './label-selector.ts';
import { isOurs, leverOf } from './lever.ts';
import { podsPath } from './pod-workload.ts';
import { seenObject } from './seen-object.ts';
import { type Autoscaler, autoscalersPath, type Pod } from './workload.ts';

/** Annotations of a target whose replicas a remediation has moved. */
export const REPLICA_MARKS = {
  baseline: 'mendloop.dev/baseline-replicas',
  intended: 'mendloop.dev/intended-replicas',
} as const;

/**
 * The target as it is now. A Pod is resolved to the workload that controls it.
 *
 * @throws MendloopError `TargetNotFound`; `TargetUnsupported` where the lever is in hands that are not known here.
 */
export async function inspectTarget(kubernetes: KubernetesClient, wanted: Target): Promise<ScaleSeen> {
  if (wanted.cluster !== kubernetes.cluster) {
    throw new MendloopError('TargetUnsupported', `cluster ${wanted.cluster} is not ${kubernetes.cluster}`);
  }
  // Beside each other: the way to the first effect waits for this.
  const [{ target, workload, objects }, { items: autoscalers }, scaledObjects] = await Promise.all([
    followControllers(kubernetes, wanted),
    kubernetes.get<{ items: Autoscaler[] }>(autoscalersPath(wanted.namespace)),
    listScaledObjects(kubernetes, wanted.namespace),
  ]);
  const { metadata, spec, status } = workload;
  if (metadata?.uid === undefined || metadata.deletionTimestamp !== undefined) {
    throw new MendloopError('TargetNotFound', `${nameTarget(target)} is being deleted`);
  }

  const found = findAutoscaler({ autoscalers, scaledObjects }, target);
  const reading = leverOf(workload, found?.autoscaler);
  const heldBy = metadata.annotations?.[HELD_BY];
  const baseline = metadata.annotations?.[REPLICA_MARKS.baseline] ?? '';
  // An annotation stays where it is while the value moves on: a human's later value is not for a lease to take back.
  const isLeased = heldBy !== undefined && /^\d+$/.test(baseline) && isOurs(reading, { remediationId: heldBy });
  return defined({
    target,
    uid: metadata.uid,
    objects:
      found === undefined ? objects : [...objects, seenObject(Part.Moved, 'HorizontalPodAutoscaler', found.autoscaler)],
    lever:
      found === undefined
        ? ({ kind: 'replicas' } as const)
        : ({ kind: 'autoscaler', name: found.name, maxReplicas: found.autoscaler.spec.maxReplicas } as const),
    value: reading.value,
    replicas: spec?.replicas ?? 1,
    readyReplicas: status?.readyReplicas ?? 0,
    podRequests: podRequests(
      asAdmitted(spec?.template?.spec ?? {}, await newestPod(kubernetes, { target, selector: spec?.selector })),
    ),
    labels: metadata.labels ?? {},
    complaints: complaintsOf(workload),
    heldBy,
    leasedFrom: isLeased ? Number(baseline) : undefined,
  });
}

/** Pods that are looked at: one is enough, and some may be going. */
const SOME_PODS = '20';

/** One of the workload's Pods, as they were admitted last; undefined: it has none. */
async function newestPod(
  kubernetes: KubernetesClient,
  { target, selector }: { readonly target: Target; readonly selector: Selector | undefined },
): Promise<PodSpecLike | undefined> {
  const query = { labelSelector: labelSelector(selector ?? {}), limit: SOME_PODS };
  const { items } = await kubernetes.get<{ items: Pod[] }>(podsPath(target.namespace), query);
  const createdAt = ({ metadata }: Pod) => Date.parse(String(metadata?.creationTimestamp));
  const staying = items.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
  return staying.toSorted((one, other) => createdAt(other) - createdAt(one))[0]?.spec;
}
