export interface TaskQueueSettings {
  readonly temporal: { readonly taskQueue: string };
  readonly kubernetes: { readonly cluster: string };
}

/**
 * Where the remediations of one cluster are worked on. The cluster is in the name, so that of two installations which
 * share a namespace of Temporal no worker takes, and acts on, what is the other's.
 */
export function taskQueueOf({ temporal, kubernetes }: TaskQueueSettings): string {
  return `${temporal.taskQueue}/${encodeURIComponent(kubernetes.cluster)}`;
}
