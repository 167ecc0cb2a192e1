import { type FailureType, MendloopError } from '../../domain/failures.ts';
import type { Target } from '../../domain/target/target.ts';
import { followControllers, type KnownKinds } from './follow-controllers.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { isScalable, makesPods, podMakerPath, workloadPath } from './workload.ts';

const KNOWN: KnownKinds = {
  includes: (kind) => makesPods(kind) || isScalable(kind),
  path: (target) => (makesPods(target.kind) ? podMakerPath(target) : workloadPath(target)),
  have: 'Pods of a template',
};

/** Source: `rand.String` of k8s.io/apimachinery, by which the API server completes a `generateName`. */
const RANDOM_END = /^(.+)-[bcdfghjklmnpqrstvwxz2456789]{5}$/;
const ORDINAL_END = /^(.+)-\d+$/;

/** By these, nothing is known of the controller. */
const UNKNOWN: readonly FailureType[] = ['TargetNotFound', 'TargetUnsupported', 'KubernetesForbidden'];

/**
 * The workload whose Pod this was, by the Pod's name: its controller named it after itself. Undefined: no controller of that
 * name is there, or may be read. It tells only whose end an alert about the Pod could share: nothing may be done by it.
 *
 * @throws MendloopError `KubernetesUnavailable`, `KubernetesThrottled`.
 */
export async function workloadOfGonePod(kubernetes: KubernetesClient, pod: Target): Promise<Target | undefined> {
  for (const controller of controllersByName(pod)) {
    try {
      return (await followControllers(kubernetes, controller, KNOWN)).target;
    } catch (error) {
      if (!(error instanceof MendloopError && UNKNOWN.includes(error.type))) throw error;
    }
  }
  return undefined;
}

function controllersByName({ cluster, namespace, name }: Target): readonly Target[] {
  const generated = RANDOM_END.exec(name)?.[1];
  const numbered = ORDINAL_END.exec(name)?.[1];
  const of = (kind: string, owner: string | undefined) =>
    owner === undefined ? [] : [{ cluster, namespace, kind, name: owner }];
  return [...of('ReplicaSet', generated), ...of('DaemonSet', generated), ...of('StatefulSet', numbered)];
}
