import type { V1OwnerReference } from '@kubernetes/client-node';
import type { TargetSnapshot } from '../../domain/actions/effects.ts';
import { MendloopError } from '../../domain/failures.ts';
import { podRequests } from '../../domain/cost/pod-requests.ts';
import type { ScaleTarget, Target } from '../../domain/target/target.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { isOurs, leverOf } from './lever.ts';
import {
  type Autoscaler,
  autoscalersPath,
  HOLD,
  isScalable,
  type Pod,
  podPath,
  type Workload,
  workloadPath,
} from './workload.ts';

/** Pod -> ReplicaSet -> Deployment; an owner further up is somebody's custom resource and not ours to scale. */
const MAX_OWNERS = 3;

/**
 * The target as it is now. A Pod is resolved to the workload that controls it.
 *
 * @throws MendloopError `TargetNotFound`, `TargetUnsupported`.
 */
export async function inspectTarget(kubernetes: KubernetesClient, wanted: Target): Promise<TargetSnapshot> {
  if (wanted.cluster !== kubernetes.cluster) {
    throw new MendloopError('TargetUnsupported', `cluster ${wanted.cluster} is not ${kubernetes.cluster}`);
  }
  // Beside each other: the way to the first effect waits for this.
  const [{ target, workload }, autoscalers] = await Promise.all([
    resolve(kubernetes, wanted),
    kubernetes.get<{ items: Autoscaler[] }>(autoscalersPath(wanted.namespace)),
  ]);
  const { metadata, spec, status } = workload;
  if (metadata?.uid === undefined || metadata.deletionTimestamp !== undefined) {
    throw new MendloopError('TargetNotFound', `${target.kind} ${target.namespace}/${target.name} is being deleted`);
  }

  const autoscaler = autoscalers.items.find(({ metadata: named, spec: { scaleTargetRef } }) => {
    return named?.name !== undefined && scaleTargetRef.kind === target.kind && scaleTargetRef.name === target.name;
  });
  const reading = leverOf(workload, autoscaler);
  const heldBy = metadata.annotations?.[HOLD.remediation];
  const baseline = metadata.annotations?.[HOLD.baseline] ?? '';
  // An annotation stays where it is while the value moves on: a human's later value is not for a lease to take back.
  const isLeased = heldBy !== undefined && /^\d+$/.test(baseline) && isOurs(reading, { remediationId: heldBy });
  return {
    target,
    uid: metadata.uid,
    ...(autoscaler?.metadata?.name === undefined
      ? { lever: { kind: 'replicas' } }
      : { lever: { kind: 'autoscaler', name: autoscaler.metadata.name, maxReplicas: autoscaler.spec.maxReplicas } }),
    value: reading.value,
    replicas: spec?.replicas ?? 1,
    readyReplicas: status?.readyReplicas ?? 0,
    podRequests: podRequests(spec?.template?.spec ?? {}),
    ...(heldBy === undefined ? {} : { heldBy }),
    ...(isLeased ? { leasedFrom: Number(baseline) } : {}),
  };
}

const isController = ({ controller }: V1OwnerReference): boolean => controller === true;

async function resolve(
  kubernetes: KubernetesClient,
  { cluster, namespace, kind, name }: Target,
): Promise<{ target: ScaleTarget; workload: Workload }> {
  if (isScalable(kind)) {
    const target = { cluster, namespace, kind, name };
    return { target, workload: await kubernetes.get<Workload>(workloadPath(target)) };
  }
  let object: Pod | Workload = await kubernetes.get<Pod>(podPath({ namespace, name }));
  let found: { target: ScaleTarget; workload: Workload } | undefined;
  for (let depth = 0; depth < MAX_OWNERS; depth += 1) {
    const owner: V1OwnerReference | undefined = object.metadata?.ownerReferences?.find(isController);
    if (owner === undefined || !isScalable(owner.kind) || !owner.apiVersion.startsWith('apps/')) break;
    const target: ScaleTarget = { cluster, namespace, kind: owner.kind, name: owner.name };
    const workload: Workload = await kubernetes.get<Workload>(workloadPath(target));
    if (workload.metadata?.uid !== owner.uid) break;
    object = workload;
    found = { target, workload };
  }
  if (found === undefined) {
    throw new MendloopError('TargetUnsupported', `no workload that can be scaled owns Pod ${namespace}/${name}`);
  }
  return found;
}
