import type { ScaleTarget, Target } from './target.ts';

/** `cluster/namespace/Kind/name`, the form used in search attributes, logs and messages. */
export function formatTarget(target: Target | ScaleTarget): string {
  return `${target.cluster}/${target.namespace}/${target.kind}/${target.name}`;
}
