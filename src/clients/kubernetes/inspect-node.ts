import type { V1Node } from '@kubernetes/client-node';
import type { DrainSeen } from '../../domain/actions/drain/change.ts';
import { fieldOwners } from '../../domain/actions/field-owners.ts';
import type { NodeSeen } from '../../domain/actions/node-change.ts';
import { type NodeFacts, nodeFacts, poolOf } from '../../domain/actions/node-facts.ts';
import { hasToLeave } from '../../domain/actions/drain/judge-pods.ts';
import { podFacts } from '../../domain/actions/pod-facts.ts';
import { Part, type SeenObject } from '../../domain/authority/seen-object.ts';
import { defined } from '../../domain/defined.ts';
import { MendloopError } from '../../domain/failures.ts';
import { nameTarget } from '../../domain/target/name-target.ts';
import type { Target } from '../../domain/target/target.ts';
import { HELD_BY } from './hold-target.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { listPages } from './list-pages.ts';
import { NODES_PATH } from './node.ts';
import { seenObject } from './seen-object.ts';
import type { Pod } from './workload.ts';

/**
 * A node with its Pods, and the nodes that could take them.
 *
 * @throws MendloopError `TargetNotFound`, `TargetUnsupported` for another cluster.
 */
export async function inspectNode(kubernetes: KubernetesClient, target: Target): Promise<DrainSeen> {
  const [seen, pods] = await Promise.all([inspectPool(kubernetes, target), listNodePods(kubernetes, target)]);
  return { ...seen, pods: pods.map(podFacts), objects: [...seen.objects, ...leaving(pods)] };
}

/**
 * A node, and the nodes that are for the same Pods; those with the taint `without`, by its key, are out of use.
 *
 * @throws MendloopError as of `inspectNode`.
 */
export async function inspectPool(kubernetes: KubernetesClient, target: Target, without?: string): Promise<NodeSeen> {
  if (target.cluster !== kubernetes.cluster) {
    throw new MendloopError('TargetUnsupported', `cluster ${target.cluster} is not ${kubernetes.cluster}`);
  }
  const nodes = await listNodes(kubernetes);
  const found = nodes.find(({ node: { name } }) => name === target.name);
  if (found === undefined) throw new MendloopError('TargetNotFound', `there is no ${nameTarget(target)}`);
  const { node, annotations, cordonedBy } = found;
  const all = nodes.map((one) => one.node);
  return defined({
    ...{ target, node, pool: poolOf(node, all, without), cordonedBy },
    heldBy: annotations[HELD_BY],
    objects: [seenNode(found)],
  });
}

/** All Pods on the node. */
export async function listNodePods(kubernetes: KubernetesClient, target: Target): Promise<Pod[]> {
  const { path, query } = podsOfNode(target);
  return (await kubernetes.get<{ items: Pod[] }>(path, query)).items;
}

/** Those that a drain takes away, as far as they say whose they are. */
function leaving(pods: readonly Pod[]): SeenObject[] {
  return pods.filter((pod) => hasToLeave(podFacts(pod))).map((pod) => seenObject(Part.Evicted, 'Pod', pod));
}

/** Where the Pods of a node are listed and watched. */
export function podsOfNode({ name }: Pick<Target, 'name'>) {
  return { path: '/api/v1/pods', query: { fieldSelector: `spec.nodeName=${name}` } };
}

interface ListedNode {
  readonly node: NodeFacts;
  readonly annotations: Readonly<Record<string, string>>;
  readonly cordonedBy: readonly string[];
}

async function listNodes(kubernetes: KubernetesClient): Promise<ListedNode[]> {
  const nodes = [];
  for await (const page of listPages<V1Node>(kubernetes, NODES_PATH)) {
    // Not the objects themselves: each holds the list of its images.
    for (const node of page) {
      const annotations = node.metadata?.annotations ?? {};
      const cordonedBy = fieldOwners(node.metadata?.managedFields, 'unschedulable');
      nodes.push({ node: nodeFacts(node, Date.now()), annotations, cordonedBy });
    }
  }
  return nodes;
}

function seenNode({ node: { name, labels }, annotations }: ListedNode): SeenObject {
  return seenObject(Part.Moved, 'Node', { metadata: { name, labels, annotations } });
}
