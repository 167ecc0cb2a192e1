import { type ChainLink, type OwnerChain, readOwnerChain } from '../../clients/kubernetes/owner-chain.ts';
import { isKnownKind } from '../../clients/kubernetes/kinds.ts';
import type { KubernetesClient } from '../../clients/kubernetes/kubernetes-client.ts';
import { labelSelector, type Selector } from '../../clients/kubernetes/label-selector.ts';
import { podsPath } from '../../clients/kubernetes/pod-workload.ts';
import type { PrometheusClient } from '../../clients/prometheus/prometheus-client.ts';
import type { DiagnosedPod } from '../../domain/diagnosis/describe-pods.ts';
import type { Target } from '../../domain/target/target.ts';
import type { DiagnoseRequest } from './request.ts';

/** What the steps of one diagnosis look at; each thing is read once, however many of them need it. */
export interface Scene {
  readonly kubernetes: KubernetesClient;
  readonly prometheus: PrometheusClient;
  readonly readsLogs: boolean;
  readonly target: Target;
  readonly asked: DiagnoseRequest;
  /** Epoch ms. */
  readonly now: number;
  readonly signal: AbortSignal;
  /** Of the target. @throws MendloopError if the target cannot be read. */
  readonly chain: () => Promise<OwnerChain>;
  /** What brings the Pods that suffer: the last of the chain that has a selector; undefined: there is none. */
  readonly workload: () => Promise<ChainLink | undefined>;
  readonly pods: () => Promise<readonly DiagnosedPod[]>;
}

/** Pods of one look; a workload of thousands fails alike. */
const MAX_PODS = 200;

export function createScene(
  parts: Pick<Scene, 'kubernetes' | 'prometheus' | 'readsLogs' | 'target' | 'asked' | 'now' | 'signal'>,
): Scene {
  const { kubernetes, target } = parts;
  const chain = once(() => readOwnerChain(kubernetes, target));

  const workload = once(async () => {
    const { links } = await chain();
    const scaled = scaledBy(links[0]);
    const found = scaled === undefined ? links : (await readOwnerChain(kubernetes, scaled)).links;
    return found.findLast(({ object }) => selectorOf(object) !== undefined);
  });

  const pods = once(async () => {
    if (target.kind === 'Node') {
      return await list('/api/v1/pods', { fieldSelector: `spec.nodeName=${target.name}` });
    }
    const found = await workload();
    if (found === undefined) return target.kind === 'Pod' ? [(await chain()).links[0].object] : [];
    const query = { labelSelector: labelSelector(selectorOf(found.object) ?? {}) };
    return await list(podsPath(target.namespace), query);
  });

  async function list(path: string, query: Readonly<Record<string, string>>): Promise<readonly DiagnosedPod[]> {
    const { items } = await kubernetes.get<{ items: DiagnosedPod[] }>(path, { ...query, limit: String(MAX_PODS) });
    return items;
  }

  return { ...parts, chain, workload, pods };
}

/** The Pods of a Namespace belong to many workloads: none is looked at. */
export function hasPods({ kind }: Target): boolean {
  return !['Namespace', 'ResourceQuota', 'PersistentVolumeClaim', 'CronJob'].includes(kind);
}

function selectorOf({ spec }: ChainLink['object']): Selector | undefined {
  const { selector } = (spec ?? {}) as { readonly selector?: Selector };
  return typeof selector === 'object' && Object.keys(selector).length > 0 ? selector : undefined;
}

/** What an autoscaler moves. */
function scaledBy({ target, object }: ChainLink): Target | undefined {
  if (target.kind !== 'HorizontalPodAutoscaler' && target.kind !== 'ScaledObject') return undefined;
  const { scaleTargetRef } = (object.spec ?? {}) as { readonly scaleTargetRef?: { kind?: string; name?: string } };
  const { kind = 'Deployment', name } = scaleTargetRef ?? {};
  return name === undefined || !isKnownKind(kind) ? undefined : { ...target, kind, name };
}

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<T> | undefined;
  return () => (reading ??= read());
}
