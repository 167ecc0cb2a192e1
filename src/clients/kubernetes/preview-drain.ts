import type { V1Node } from '@kubernetes/client-node';
import type { DrainChange } from '../../domain/actions/drain/change.ts';
import { podsToEvict } from '../../domain/actions/drain/judge-pods.ts';
import { type PodFacts, podFacts } from '../../domain/actions/pod-facts.ts';
import type { Target } from '../../domain/target/target.ts';
import { previewCordon } from './cordon.ts';
import { diffObjects } from './diff-objects.ts';
import { evictPod } from './evict-pod.ts';
import { listNodePods } from './inspect-node.ts';
import type { KubernetesClient } from './kubernetes-client.ts';

export interface Drain {
  readonly target: Target;
  readonly uid: string;
  readonly change: DrainChange;
}

/**
 * What a drain would do: the cordon, and each eviction, as dry runs. Of a Pod that may not be evicted now, with what holds
 * it.
 *
 * @throws MendloopError `DisruptionUnsafe`, `DisruptionRefused`, `TargetReplaced`, `TargetNotFound`.
 */
export async function previewDrain(
  kubernetes: KubernetesClient,
  { target, uid, change }: Drain,
): Promise<{ readonly pods: number; readonly diff: string }> {
  const { now, next } = await previewCordon(kubernetes, { target, uid });
  const pods = podsToEvict((await listNodePods(kubernetes, target)).map(podFacts), change.rules);
  const evicted: string[] = [];
  for (const pod of pods) evicted.push(await describeEviction(kubernetes, pod, change.graceSeconds));
  const list = { kind: 'Pods of', metadata: { name: target.name } };
  const diffs = [
    diffObjects(shown(now), shown(next)),
    diffObjects({ ...list, ...{ evicted } }, { ...list, ...{ evicted: [] } }),
  ];
  return { pods: pods.length, diff: diffs.filter((diff) => diff !== '').join('\n') };
}

async function describeEviction(
  kubernetes: KubernetesClient,
  pod: PodFacts,
  graceSeconds: number | undefined,
): Promise<string> {
  const name = `${pod.namespace}/${pod.name}`;
  if (pod.going !== undefined) return `${name}, going already`;
  const answer = await evictPod(kubernetes, { pod, graceSeconds, dryRun: true });
  return answer.status === 'held' ? `${name}, not yet: ${answer.by}` : name;
}

/** What decides who may run on the node. */
function shown({ metadata, spec }: V1Node) {
  return { kind: 'Node', metadata, spec: { unschedulable: spec?.unschedulable ?? false, taints: spec?.taints } };
}
