import type { Target } from './target.ts';

/** Stands where an object of the cluster itself has no namespace: no namespace can be named so. */
export const NO_NAMESPACE = '-';

/** `cluster/namespace/Kind/name`, the form used in search attributes, logs and messages. */
export function formatTarget({ cluster, namespace, kind, name }: Target): string {
  return `${cluster}/${namespace || NO_NAMESPACE}/${kind}/${name}`;
}
