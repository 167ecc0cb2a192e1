import { createHash } from 'node:crypto';
import type { V1ReplicaSet } from '@kubernetes/client-node';
import { type Controller, type PodFacts, podFacts } from '../../domain/actions/pod-facts.ts';
import { lastWriter } from '../../domain/actions/field-owners.ts';
import { canonicalJson, type JsonObject } from '../../domain/audit/canonical-json.ts';
import { Part, type SeenObject } from '../../domain/authority/seen-object.ts';
import { MendloopError } from '../../domain/failures.ts';
import type { Target } from '../../domain/target/target.ts';
import { controllerOf } from './follow-controllers.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { labelSelector, type Selector } from './label-selector.ts';
import { seenObject } from './seen-object.ts';
import { makesPods, type Pod, type PodMaker, podMakerPath } from './workload.ts';

/** What brings Pods, and is to have a number of them. */
export interface FoundPodWorkload {
  readonly target: Target;
  readonly uid: string;
  readonly wanted: number;
  /** Of its `spec`, the same as long as no hand has changed that. The generation of a Deployment counts its marks too. */
  readonly specHash: string;
  /** Who made the last change of it; undefined: the API server does not say. */
  readonly lastWriter: string | undefined;
  readonly selector: Selector;
  readonly labels: Readonly<Record<string, string>>;
  readonly object: SeenObject;
}

/** ReplicaSet -> Deployment. */
const MAX_CONTROLLERS = 2;

/**
 * The workload that a Pod's controller belongs to, as far up as kinds are known here whose Pods can be counted; what
 * stands behind that, as an Argo Rollout or an operator's resource, lets it bring Pods as it is. Undefined: none is known,
 * or the object that controlled the Pod is gone.
 */
export async function findPodWorkload(
  kubernetes: KubernetesClient,
  { cluster, namespace, controller }: { cluster: string; namespace: string; controller: Controller },
): Promise<FoundPodWorkload | undefined> {
  let next: Controller | undefined = controller;
  let found: FoundPodWorkload | undefined;
  for (let depth = 0; depth < MAX_CONTROLLERS && next !== undefined && isKnown(next); depth += 1) {
    const target: Target = { cluster, namespace, kind: next.kind, name: next.name };
    const object = await unlessGone(kubernetes.get<PodMaker>(podMakerPath(target)));
    if (object?.metadata?.uid !== next.uid) return found;
    found = foundOf(target, object);
    next = controllerOf(object.metadata);
  }
  return found;
}

/** The workload as it is now. @throws MendloopError `TargetNotFound`, also if another one has its name. */
export async function readPodWorkload(
  kubernetes: KubernetesClient,
  { target, uid }: Pick<FoundPodWorkload, 'target' | 'uid'>,
): Promise<FoundPodWorkload> {
  const object = await kubernetes.get<PodMaker>(podMakerPath(target));
  if (object.metadata?.uid !== uid) {
    throw new MendloopError('TargetNotFound', `${target.kind} ${target.namespace}/${target.name} was created anew`);
  }
  return foundOf(target, object);
}

/** How the Pods of a workload are found among others that its selector may match. */
export interface WorkloadPods {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Those of a list by path and query that are the workload's, those that are going included. */
  readonly of: (items: readonly Pod[]) => PodFacts[];
}

export async function workloadPods(
  kubernetes: KubernetesClient,
  { target, uid, selector }: Pick<FoundPodWorkload, 'target' | 'uid' | 'selector'>,
): Promise<WorkloadPods> {
  const query = { labelSelector: labelSelector(selector) };
  const controllers =
    target.kind === 'Deployment' ? await replicaSetsOf(kubernetes, { target, uid, query }) : new Set([uid]);
  return {
    path: podsPath(target.namespace),
    query,
    of: (items) =>
      items.map(podFacts).filter(({ controller }) => controller !== undefined && controllers.has(controller.uid)),
  };
}

async function replicaSetsOf(
  kubernetes: KubernetesClient,
  { target, uid, query }: { target: Target; uid: string; query: Readonly<Record<string, string>> },
): Promise<Set<string>> {
  const path = `/apis/apps/v1/namespaces/${encodeURIComponent(target.namespace)}/replicasets`;
  const { items } = await kubernetes.get<{ items: V1ReplicaSet[] }>(path, query);
  return new Set(
    items.flatMap(({ metadata }) => {
      return controllerOf(metadata)?.uid === uid && metadata?.uid !== undefined ? [metadata.uid] : [];
    }),
  );
}

export function podsPath(namespace: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
}

function isKnown({ kind, apiVersion }: Controller): boolean {
  return makesPods(kind) && apiVersion.startsWith('apps/');
}

function foundOf(target: Target, object: PodMaker): FoundPodWorkload {
  return {
    target,
    uid: object.metadata?.uid ?? '',
    wanted: wantedBy(object),
    specHash: hashOf(object.spec),
    lastWriter: lastWriter(object.metadata?.managedFields, { path: ['f:spec'], but: '' }),
    selector: object.spec?.selector ?? {},
    labels: object.metadata?.labels ?? {},
    object: seenObject(Part.Controller, target.kind, object),
  };
}

function hashOf(spec: PodMaker['spec']): string {
  const text = canonicalJson(JSON.parse(JSON.stringify(spec ?? {})) as JsonObject);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** A DaemonSet's number follows from the nodes; the others say theirs. */
function wantedBy(object: PodMaker): number {
  const { spec, status } = object;
  if (status !== undefined && 'desiredNumberScheduled' in status) return status.desiredNumberScheduled;
  return spec !== undefined && 'replicas' in spec ? (spec.replicas ?? 1) : 0;
}

/** Undefined where the object does not exist. */
export async function unlessGone<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof MendloopError && error.type === 'TargetNotFound') return undefined;
    throw error;
  }
}
