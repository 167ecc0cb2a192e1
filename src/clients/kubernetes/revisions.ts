import type { V1ControllerRevision, V1ReplicaSet } from '@kubernetes/client-node';
import type { PodTemplate } from '../../domain/actions/template-facts.ts';
import type { TemplateObject } from '../../domain/actions/template-facts.ts';
import type { Target } from '../../domain/target/target.ts';
import { controllerOf } from './follow-controllers.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { labelSelector, type Selector } from './label-selector.ts';

/** A release that the cluster still knows, with its template, which must not leave the process: it may hold secrets. */
export interface FoundRevision {
  readonly name: string;
  readonly number: number;
  /** Epoch ms. */
  readonly createdAt: number;
  readonly template: PodTemplate;
}

const NUMBER = 'deployment.kubernetes.io/revision';

/** The label that its controller adds to the template of a Deployment's ReplicaSet. */
const HASH = 'pod-template-hash';

type Holder = V1ReplicaSet | V1ControllerRevision;

/** All revisions of a workload, the newest first. */
export async function listRevisions(
  kubernetes: KubernetesClient,
  { target, object }: { readonly target: Target; readonly object: TemplateObject },
): Promise<FoundRevision[]> {
  const { selector } = (object.spec ?? {}) as { readonly selector?: Selector };
  const query = { labelSelector: labelSelector(selector ?? {}) };
  const { items } = await kubernetes.get<{ items: Holder[] }>(revisionsPath(target), query);
  return items
    .filter(({ metadata }) => controllerOf(metadata)?.uid === object.metadata?.uid)
    .map(revisionOf)
    .toSorted((one, other) => other.number - one.number);
}

/** @throws MendloopError `TargetNotFound` if it was pruned. */
export async function readRevision(kubernetes: KubernetesClient, target: Target, name: string): Promise<FoundRevision> {
  return revisionOf(await kubernetes.get<Holder>(`${revisionsPath(target)}/${encodeURIComponent(name)}`));
}

/** Name of the revision that the Pods are to have; undefined: its controller has not made one of it yet. */
export function newestRevision(
  { target, object }: { readonly target: Target; readonly object: TemplateObject },
  revisions: readonly FoundRevision[],
): string | undefined {
  if (target.kind === 'StatefulSet') return object.status?.updateRevision;
  if (target.kind === 'DaemonSet') return revisions[0]?.name;
  const number = Number(object.metadata?.annotations?.[NUMBER]);
  return revisions.find((revision) => revision.number === number)?.name;
}

function revisionsPath({ namespace, kind }: Target): string {
  const resource = kind === 'Deployment' ? 'replicasets' : 'controllerrevisions';
  return `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/${resource}`;
}

function revisionOf(holder: Holder): FoundRevision {
  const { metadata } = holder;
  const isSet = 'spec' in holder;
  const data = 'data' in holder ? (holder.data as { spec?: { template?: PodTemplate } } | undefined) : undefined;
  return {
    name: metadata?.name ?? '',
    number: 'revision' in holder ? holder.revision : Number(metadata?.annotations?.[NUMBER] ?? 0),
    createdAt: Date.parse(String(metadata?.creationTimestamp)),
    template: plainTemplate((isSet ? (holder.spec?.template as PodTemplate | undefined) : data?.spec?.template) ?? {}),
  };
}

/**
 * A template as the workload itself has it: without the label that tells a Deployment's ReplicaSets apart, and without what
 * only a patch says. Source: `kubectl rollout undo`.
 */
export function plainTemplate(template: PodTemplate): PodTemplate {
  const { $patch: _, ...plain } = withoutNulls(template) as PodTemplate & { readonly $patch?: string };
  const { [HASH]: __, ...labels } = plain.metadata?.labels ?? {};
  return { ...plain, metadata: { ...plain.metadata, labels } };
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([key, member]) => [key, withoutNulls(member)]));
}
