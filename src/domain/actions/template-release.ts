import { RESTARTED_BY } from './restart/change.ts';
import type { PodTemplate } from './template-facts.ts';

/** Annotations that only have all Pods replaced: Mendloop's own, and that of `kubectl rollout restart`. */
const OF_RESTARTS: readonly string[] = [RESTARTED_BY, 'kubectl.kubernetes.io/restartedAt'];

interface Container {
  readonly resources?: unknown;
}

/** The same, whatever its containers request and may have at most. */
export function unsizedTemplate(template: PodTemplate): PodTemplate {
  const { spec = {}, ...rest } = releasedTemplate(template) as PodTemplate & {
    readonly spec?: { readonly containers?: readonly Container[] };
  };
  const containers = (spec.containers ?? []).map(({ resources: _, ...container }) => container);
  return { ...rest, spec: { ...spec, containers } };
}

/** What was released, however often it was restarted since: each restart is a revision of its own, and the same release. */
export function releasedTemplate({ metadata, ...template }: PodTemplate): PodTemplate {
  const { annotations, ...rest } = metadata ?? {};
  const kept = Object.entries(annotations ?? {}).filter(([key]) => !OF_RESTARTS.includes(key));
  return { ...template, metadata: { ...rest, ...(kept.length > 0 && { annotations: Object.fromEntries(kept) }) } };
}
