import type { V1ObjectMeta, V1OwnerReference } from '@kubernetes/client-node';
import { Part, type SeenObject } from '../../domain/authority/seen-object.ts';
import { MendloopError } from '../../domain/failures.ts';
import { nameTarget } from '../../domain/target/name-target.ts';
import type { Target } from '../../domain/target/target.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { seenObject } from './seen-object.ts';
import { isScalable, type Pod, podPath, type Workload, workloadPath } from './workload.ts';

export interface FoundWorkload {
  readonly target: Target;
  readonly workload: Workload;
  /** The workload, then what the chain led through, the named object last. */
  readonly objects: readonly SeenObject[];
}

/** Pod -> ReplicaSet -> Deployment; no chain of kinds that are known here is longer. */
const MAX_CONTROLLERS = 3;

/**
 * The workload at the end of the chain of controllers that begins at a Pod or a workload: whatever stands before it is
 * put back by what stands behind it.
 *
 * @throws MendloopError `TargetNotFound`; `TargetUnsupported`, naming the controller, where the chain goes on to a kind
 * that is not known here, as an Argo Rollout or an operator's resource.
 */
export async function followControllers(kubernetes: KubernetesClient, wanted: Target): Promise<FoundWorkload> {
  const { cluster, namespace } = wanted;
  let target = wanted;
  let workload: Workload | undefined;
  let metadata: V1ObjectMeta | undefined;
  const passed: SeenObject[] = [];
  if (isScalable(wanted.kind)) {
    workload = await kubernetes.get<Workload>(workloadPath(wanted));
    ({ metadata } = workload);
  } else if (wanted.kind === 'Pod') {
    const pod = await kubernetes.get<Pod>(podPath(wanted));
    passed.push(seenObject(Part.Controller, 'Pod', pod));
    ({ metadata } = pod);
  } else {
    throw new MendloopError('TargetUnsupported', `a ${wanted.kind} has no replicas that could be moved`);
  }
  for (let depth = 0; depth <= MAX_CONTROLLERS; depth += 1) {
    const controller = holderOf(metadata);
    if (controller === undefined) {
      if (workload !== undefined) {
        return { target, workload, objects: [seenObject(Part.Moved, target.kind, workload), ...passed] };
      }
      throw new MendloopError('TargetUnsupported', `no controller owns ${nameTarget(target)}`);
    }
    if (!isScalable(controller.kind) || !controller.apiVersion.startsWith('apps/')) {
      throw new MendloopError('TargetUnsupported', `${nameTarget(target)} belongs to ${nameController(controller)}`);
    }
    const next: Target = { cluster, namespace, kind: controller.kind, name: controller.name };
    if (workload !== undefined) passed.unshift(seenObject(Part.Controller, target.kind, workload));
    workload = await kubernetes.get<Workload>(workloadPath(next));
    if (workload.metadata?.uid !== controller.uid) {
      throw new MendloopError('TargetNotFound', `${nameTarget(next)}, which owned ${nameTarget(target)}, is gone`);
    }
    target = next;
    ({ metadata } = workload);
  }
  throw new MendloopError('TargetUnsupported', `the controllers of ${nameTarget(wanted)} own each other`);
}

/**
 * What puts an object back: its controller. Of owners that are none, those of Kubernetes' own kinds only have it deleted
 * with them; an operator's resource has made it, and many operators leave the mark of a controller out.
 */
export function holderOf(metadata: V1ObjectMeta | undefined): V1OwnerReference | undefined {
  return controllerOf(metadata) ?? metadata?.ownerReferences?.find(({ apiVersion }) => !isBuiltIn(apiVersion));
}

/** `v1`, `apps/v1`, `policy/v1`, `networking.k8s.io/v1`: a group of one's own has a domain of one's own. */
function isBuiltIn(apiVersion: string): boolean {
  const [group = '', version] = apiVersion.split('/');
  return version === undefined || !group.includes('.') || group.endsWith('.k8s.io');
}

/** The one that manages the object; other owners only have it deleted with them. */
export function controllerOf(metadata: V1ObjectMeta | undefined): V1OwnerReference | undefined {
  return metadata?.ownerReferences?.find(({ controller }) => controller === true);
}

/** `Rollout checkout of argoproj.io/v1alpha1, a kind that is not known here`. */
export function nameController({
  kind,
  name,
  apiVersion,
}: Pick<V1OwnerReference, 'kind' | 'name' | 'apiVersion'>): string {
  return `${kind} ${name} of ${apiVersion}, a kind that is not known here`;
}
