import { complaintsOf, quotaComplaint } from '../../domain/actions/rollout.ts';
import type { ScaleLever, ScaleSeen } from '../../domain/actions/scale/change.ts';
import { Part } from '../../domain/authority/seen-object.ts';
import { asAdmitted } from '../../domain/cost/as-admitted.ts';
import { type PodSpecLike, podRequests } from '../../domain/cost/pod-requests.ts';
import { defined } from '../../domain/defined.ts';
import { MendloopError } from '../../domain/failures.ts';
import { nameTarget } from '../../domain/target/name-target.ts';
import type { Target } from '../../domain/target/target.ts';
import { findAutoscaler } from './find-autoscaler.ts';
import { followControllers } from './follow-controllers.ts';
import { HELD_BY } from './hold-target.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { isSelected, labelSelector, type Selector } from './label-selector.ts';
import { isOurs, leverOf, type Mover } from './lever.ts';
import type { ListedPods } from './listed-pods.ts';
import { podsPath } from './pod-workload.ts';
import { KEDA_LABEL, type ListScaledObjects, maxReplicaCount, scaledObjectsOf } from './scaled-object.ts';
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
export async function inspectTarget(
  kubernetes: KubernetesClient,
  wanted: Target,
  {
    listScaledObjects = scaledObjectsOf(kubernetes),
    listedPods,
  }: { readonly listScaledObjects?: ListScaledObjects; readonly listedPods?: ListedPods | undefined } = {},
): Promise<ScaleSeen> {
  if (wanted.cluster !== kubernetes.cluster) {
    throw new MendloopError('TargetUnsupported', `cluster ${wanted.cluster} is not ${kubernetes.cluster}`);
  }
  // Beside each other: the way to the first effect waits for this.
  const [{ target, workload, objects }, { items: autoscalers }, listed] = await Promise.all([
    followControllers(kubernetes, wanted),
    kubernetes.get<{ items: Autoscaler[] }>(autoscalersPath(wanted.namespace)),
    listScaledObjects(wanted.namespace),
  ]);
  const { metadata, spec, status } = workload;
  if (metadata?.uid === undefined || metadata.deletionTimestamp !== undefined) {
    throw new MendloopError('TargetNotFound', `${nameTarget(target)} is being deleted`);
  }

  // What KEDA has made is a sign of KEDA, whatever is remembered.
  const hasKeda = autoscalers.some(({ metadata }) => metadata?.labels?.[KEDA_LABEL] !== undefined);
  const isMissed = hasKeda && listed.length === 0;
  const scaledObjects = isMissed ? await listScaledObjects(wanted.namespace, { anew: true }) : listed;
  const found = findAutoscaler({ autoscalers, scaledObjects }, target);
  const reading = leverOf(workload, found);
  const heldBy = metadata.annotations?.[HELD_BY];
  const baseline = metadata.annotations?.[REPLICA_MARKS.baseline] ?? '';
  // An annotation stays where it is while the value moves on: a human's later value is not for a lease to take back.
  const isLeased = heldBy !== undefined && /^\d+$/.test(baseline) && isOurs(reading, { remediationId: heldBy });
  return defined({
    target,
    uid: metadata.uid,
    objects: found === undefined ? objects : [...objects, seenObject(Part.Moved, KIND[found.kind], found.object)],
    lever: scaleLever(found),
    value: reading.value,
    replicas: spec?.replicas ?? 1,
    readyReplicas: status?.readyReplicas ?? 0,
    podRequests: podRequests(
      asAdmitted(
        spec?.template?.spec ?? {},
        newestOf(await podsOf({ kubernetes, target, listedPods }, spec?.selector)),
      ),
    ),
    labels: metadata.labels ?? {},
    complaints: complaintsOf(workload),
    quota: quotaComplaint(workload),
    heldBy,
    leasedFrom: isLeased ? Number(baseline) : undefined,
  });
}

const KIND = { autoscaler: 'HorizontalPodAutoscaler', scaledobject: 'ScaledObject' } as const;

function scaleLever(mover: Mover | undefined): ScaleLever {
  if (mover === undefined) return { kind: 'replicas' };
  const { kind, object } = mover;
  const name = object.metadata?.name ?? '';
  if (kind === 'autoscaler') return { kind, name, maxReplicas: object.spec.maxReplicas };
  const isUnsaid = object.spec?.minReplicaCount === undefined;
  return { kind, name, maxReplicas: maxReplicaCount(object), ...(isUnsaid ? { isUnsaid } : {}) };
}

/** Pods that are looked at: one is enough, and some may be going. */
const SOME_PODS = '20';

/** Some of the workload's Pods. */
async function podsOf(
  {
    kubernetes,
    target: { namespace },
    listedPods,
  }: {
    readonly kubernetes: KubernetesClient;
    readonly target: Target;
    readonly listedPods: ListedPods | undefined;
  },
  selector: Selector | undefined,
): Promise<readonly Pod[]> {
  // Without one, as of a Rollout that takes the template of a Deployment, all Pods of the namespace would be found.
  if (selector === undefined) return [];
  const listed = await listedPods?.recent(namespace);
  if (listed !== undefined) return listed.filter(({ metadata }) => isSelected(metadata?.labels ?? {}, selector));
  const query = { labelSelector: labelSelector(selector), limit: SOME_PODS };
  return (await kubernetes.get<{ items: Pod[] }>(podsPath(namespace), query)).items;
}

/** The one that was admitted last; undefined: there is none. */
function newestOf(pods: readonly Pod[]): PodSpecLike | undefined {
  const createdAt = ({ metadata }: Pod) => Date.parse(String(metadata?.creationTimestamp));
  const staying = pods.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
  return staying.toSorted((one, other) => createdAt(other) - createdAt(one))[0]?.spec;
}
