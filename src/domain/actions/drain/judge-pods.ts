import { MendloopError } from '../../failures.ts';
import type { PodFacts } from '../pod-facts.ts';
import type { EvictionRules } from './change.ts';

/** Pods named in a message; of the rest only the number is told. */
const MAX_NAMED = 5;

/**
 * The Pods of a node that are to go, those that are going already included. A DaemonSet's and mirror Pods stay: their
 * node would have them back at once.
 *
 * @throws MendloopError `DisruptionUnsafe`, naming them, if some do not come back, or with data lost, or if they are too
 * many, and the plan does not allow that. Source: the filters of `kubectl drain`.
 */
export function podsToEvict(pods: readonly PodFacts[], rules: EvictionRules): PodFacts[] {
  const leaving = pods.filter(hasToLeave);
  const staying = leaving.filter(({ going, isFinished }) => going === undefined && !isFinished);
  const refusals = [
    tooMany(leaving, rules),
    refusal(rules.force ? [] : staying.filter(({ controller }) => controller === undefined), 'without a controller'),
    refusal(
      rules.deleteEmptyDirData ? [] : staying.filter(({ hasLocalData }) => hasLocalData),
      'with data in an emptyDir',
    ),
  ].filter((text) => text !== undefined);
  if (refusals.length > 0) throw new MendloopError('DisruptionUnsafe', refusals.join('; '));
  return leaving;
}

/** Whether an emptied node is without the Pod: a DaemonSet's and mirror Pods stay. */
export function hasToLeave({ isMirror, controller }: Pick<PodFacts, 'isMirror' | 'controller'>): boolean {
  return !isMirror && controller?.kind !== 'DaemonSet';
}

function tooMany({ length }: readonly PodFacts[], { maxPods }: EvictionRules): string | undefined {
  return length > maxPods ? `${length} Pods to evict, and the plan allows ${maxPods}` : undefined;
}

function refusal(pods: readonly PodFacts[], what: string): string | undefined {
  return pods.length === 0 ? undefined : `Pods ${what}: ${namePods(pods)}`;
}

/** `shop/api-1, shop/api-2 and 3 more`. */
export function namePods(pods: readonly { readonly namespace: string; readonly name: string }[]): string {
  const named = pods.slice(0, MAX_NAMED).map(({ namespace, name }) => `${namespace}/${name}`);
  const rest = pods.length - named.length;
  return `${named.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
