/** The letters and digits of random names. Source: Kubernetes, `k8s.io/apimachinery/pkg/util/rand`. */
const RANDOM = '[bcdfghjklmnpqrstvwxz2456789]';

/** Of a Deployment: `name-<hash of the ReplicaSet>-<random>`. */
const OF_DEPLOYMENT = new RegExp(`^(.+)-${RANDOM}{5,10}-${RANDOM}{5}$`);

/** Of a StatefulSet: `name-<ordinal>`. */
const OF_STATEFUL_SET = /^(.+)-\d+$/;

/**
 * The name of the workload that a Pod belongs to, by the Pod's own name and without asking the cluster; any other name
 * as it is. A guess by form: good for keeping the Pods of one workload together, not for finding the workload.
 */
export function workloadName(podName: string): string {
  return (OF_DEPLOYMENT.exec(podName) ?? OF_STATEFUL_SET.exec(podName))?.[1] ?? podName;
}
