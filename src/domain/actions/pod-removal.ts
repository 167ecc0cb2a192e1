import { z } from 'zod';
import { type Permission, Scope } from './contract.ts';
import type { Looked } from '../authority/seen-object.ts';
import type { FactName, FactParts } from '../precondition/facts.ts';
import type { Target } from '../target/target.ts';
import type { PodFacts } from './pod-facts.ts';

/** What brings a new Pod when one is gone, as far up the chain of controllers as the number of its Pods is known. */
export interface PodWorkload {
  readonly target: Target;
  readonly uid: string;
  /** Of its `spec`: a rollout, or another number of Pods, makes it another. */
  readonly specHash: string;
  /** Pods that it is to have now. */
  readonly wanted: number;
  /** Ready Pods beside the one that is looked at. */
  readonly readyPeers: number;
  readonly labels: Readonly<Record<string, string>>;
}

export interface PodRemovalSeen extends Looked {
  readonly target: Target;
  readonly pod: PodFacts;
  /** Absent: no controller, or none whose Pods can be counted. */
  readonly workload?: PodWorkload;
}

/** What every action that takes a Pod away takes beside the verb that does it. */
export const readingPermissions: readonly Permission[] = [
  permission('', ['pods'], ['get', 'list', 'watch']),
  // The chain of controllers, and how many Pods they are to have.
  permission('apps', ['replicasets'], ['get', 'list']),
  permission('apps', ['deployments', 'statefulsets', 'daemonsets'], ['get']),
  permission('', ['events'], ['get', 'create']),
];

function permission(apiGroup: string, resources: readonly string[], verbs: readonly string[]): Permission {
  return { apiGroups: [apiGroup], resources, verbs, scope: Scope.Namespaced };
}

const count = z.number().int().min(0);

/** What the effects take, and the history keeps. */
export const podRemovalChangeSchema = z.object({
  workload: z.object({
    kind: z.string(),
    namespace: z.string(),
    name: z.string(),
    uid: z.string(),
    specHash: z.string(),
  }),
  /** Ready Pods of the workload that are waited for, the deleted one not counted. */
  awaitedReady: count,
  minReadyPeers: count,
  /** Seconds; 0: by force; absent: what the Pod asks for. */
  graceSeconds: count.exactOptional(),
});
export type PodRemovalChange = z.infer<typeof podRemovalChangeSchema>;

export const REMOVAL_SEES: readonly FactName[] = ['pods', 'orphans'];

/** What preconditions are judged by. A Pod whose workload is not known says nothing of how many are left. */
export function removalParts({ seen: { pod, workload } }: { readonly seen: PodRemovalSeen }): Partial<FactParts> {
  const orphans = pod.controller === undefined ? [`${pod.namespace}/${pod.name}`] : [];
  if (workload === undefined) return { orphans };
  const { target, wanted, readyPeers } = workload;
  return { orphans, pods: { workload: target, wanted, left: readyPeers, losesReady: pod.isReady } };
}
