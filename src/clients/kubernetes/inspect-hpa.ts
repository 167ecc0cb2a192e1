import type { V2HorizontalPodAutoscaler } from '@kubernetes/client-node';
import type { RaiseHpaMaxSeen } from '../../domain/actions/raise_hpa_max/raise-hpa-max.ts';
import { Part } from '../../domain/authority/seen-object.ts';
import { type PodRequests, podRequests } from '../../domain/cost/pod-requests.ts';
import { defined } from '../../domain/defined.ts';
import type { Target } from '../../domain/target/target.ts';
import { ownerOfAutoscaler } from './find-autoscaler.ts';
import { inspectObject } from './inspect-object.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { seenObject } from './seen-object.ts';
import { unlessGone } from './pod-workload.ts';
import { isScalable, type Workload, workloadPath } from './workload.ts';

/** An autoscaler with what it scales. @throws MendloopError `TargetNotFound`. */
export async function inspectHpaMax(kubernetes: KubernetesClient, target: Target): Promise<RaiseHpaMaxSeen> {
  const { object, base } = await inspectObject<V2HorizontalPodAutoscaler>(kubernetes, target);
  const { spec, status, metadata } = object;
  const { kind, name } = spec.scaleTargetRef;
  const scales: Target = { ...target, kind, name };
  const workload = isScalable(kind) ? await unlessGone(kubernetes.get<Workload>(workloadPath(scales))) : undefined;
  const limited = status?.conditions?.find(({ type }) => type === 'ScalingLimited');
  return defined({
    ...base,
    objects: [...base.objects, ...(workload === undefined ? [] : [seenObject(Part.Controller, kind, workload)])],
    minReplicas: spec.minReplicas ?? 1,
    maxReplicas: spec.maxReplicas,
    currentReplicas: status?.currentReplicas ?? 0,
    isLimited: limited?.status === 'True' && limited.reason === 'TooManyReplicas',
    owner: ownerOfAutoscaler({ metadata }),
    scales,
    podRequests: requestsOfPod(workload),
  });
}

/** Of a workload that is not known here nothing is declared, so that its cost is unknown. */
function requestsOfPod(workload: Workload | undefined): PodRequests {
  return podRequests(workload?.spec?.template?.spec ?? {});
}
