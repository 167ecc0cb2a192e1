import type { V1ObjectMeta, V1OwnerReference } from '@kubernetes/client-node';
import { Part, type SeenObject } from '../../domain/authority/seen-object.ts';
import { MendloopError } from '../../domain/failures.ts';
import { nameTarget } from '../../domain/target/name-target.ts';
import type { Target } from '../../domain/target/target.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { seenObject } from './seen-object.ts';
import { isOfItsGroup, isScalable, type Pod, podPath, type Workload, workloadPath } from './workload.ts';

export interface FoundWorkload<T = Workload> {
  readonly target: Target;
  readonly workload: T;
  /** The workload, then what the chain led through, the named object last. */
  readonly objects: readonly SeenObject[];
}

/** The kinds of workloads that a chain may lead through. */
export interface KnownKinds {
  includes(kind: string): boolean;
  path(target: Target): string;
  /** What others lack, for people: `replicas that could be moved`. */
  readonly have: string;
}

const SCALABLE: KnownKinds = { includes: isScalable, path: workloadPath, have: 'replicas that could be moved' };

/** Pod -> ReplicaSet -> Deployment or Rollout; no chain of kinds that are known here is longer. */
const MAX_CONTROLLERS = 3;

/**
 * The workload at the end of the chain of controllers that begins at a Pod or a workload: whatever stands before it is
 * put back by what stands behind it.
 *
 * @throws MendloopError `TargetNotFound`; `TargetUnsupported`, naming the controller, where the chain goes on to a kind
 * that is not known here, as an operator's resource.
 */
export async function followControllers<T extends { metadata?: V1ObjectMeta; spec?: object } = Workload>(
  kubernetes: KubernetesClient,
  wanted: Target,
  known: KnownKinds = SCALABLE,
): Promise<FoundWorkload<T>> {
  const { cluster, namespace } = wanted;
  let target = wanted;
  let workload: T | undefined;
  let metadata: V1ObjectMeta | undefined;
  const passed: SeenObject[] = [];
  if (known.includes(wanted.kind)) {
    workload = await kubernetes.get<T>(known.path(wanted));
    ({ metadata } = workload);
  } else if (wanted.kind === 'Pod') {
    const pod = await kubernetes.get<Pod>(podPath(wanted));
    passed.push(seenObject(Part.Controller, 'Pod', pod));
    ({ metadata } = pod);
  } else {
    throw new MendloopError('TargetUnsupported', `a ${wanted.kind} has no ${known.have}`);
  }
  for (let depth = 0; depth <= MAX_CONTROLLERS; depth += 1) {
    const controller = holderOf(metadata);
    if (controller === undefined) {
      if (workload !== undefined) {
        return { target, workload, objects: [seenObject(Part.Moved, target.kind, workload), ...passed] };
      }
      throw new MendloopError('TargetUnsupported', `no controller owns ${nameTarget(target)}`);
    }
    if (!known.includes(controller.kind) || !isOfItsGroup(controller.kind, controller.apiVersion)) {
      throw new MendloopError('TargetUnsupported', `${nameTarget(target)} belongs to ${nameController(controller)}`);
    }
    const next: Target = { cluster, namespace, kind: controller.kind, name: controller.name };
    if (workload !== undefined) passed.unshift(seenObject(Part.Controller, target.kind, workload));
    workload = await kubernetes.get<T>(known.path(next));
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
