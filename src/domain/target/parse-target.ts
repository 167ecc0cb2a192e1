import { NO_NAMESPACE } from './format-target.ts';
import { type Target, targetSchema } from './target.ts';

/** The inverse of `formatTarget`; undefined if the text is no target. A cluster's name may hold slashes. */
export function parseTarget(text: string): Target | undefined {
  const [, cluster, namespace, kind, name] = /^(.+)\/([^/]+)\/([^/]+)\/([^/]+)$/s.exec(text) ?? [];
  const parsed = targetSchema.safeParse({
    cluster,
    namespace: namespace === NO_NAMESPACE ? '' : namespace,
    kind,
    name,
  });
  return parsed.success ? parsed.data : undefined;
}
