import type { V1Pod } from '@kubernetes/client-node';

/** What the process of one Pod is started with, and what its scrape is labelled with. */
export interface PodSpec {
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  readonly node: string;
  /** The Pod's label `app`. */
  readonly service: string;
  /** The container's own variables, with the service's name and the CPU limit added. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The process that a Pod asks for: the first container's literal variables, and its CPU limit as the quota. Undefined
 * while the Pod is not Ready, when it is on its way out, and when it is none of ours.
 */
export function podSpec(pod: V1Pod): PodSpec | undefined {
  const { metadata } = pod;
  const service = metadata?.labels?.['app'];
  const container = pod.spec?.containers[0];
  const limit = container?.resources?.limits?.['cpu'];
  const ready = pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
  if (!ready || metadata === undefined || metadata.deletionTimestamp !== undefined) return undefined;
  const { uid, name, namespace } = metadata;
  if (uid === undefined || name === undefined || namespace === undefined) return undefined;
  if (service === undefined || container === undefined || limit === undefined) return undefined;

  const variables = (container.env ?? []).map((variable) => [variable.name, variable.value ?? ''] as const);
  return {
    uid,
    name,
    namespace,
    node: pod.spec?.nodeName ?? '',
    service,
    env: {
      ...Object.fromEntries(variables),
      SERVICE: service,
      CPU_LIMIT_MILLIS: String(cpuMillis(limit)),
    },
  };
}

/** A CPU quantity in thousandths of a core: `100m`, `0.1`, `2`. */
export function cpuMillis(quantity: string): number {
  const millis = quantity.endsWith('m') ? Number(quantity.slice(0, -1)) : Number(quantity) * 1000;
  if (!Number.isFinite(millis) || millis <= 0) throw new Error(`not a CPU quantity: ${quantity}`);
  return Math.round(millis);
}
