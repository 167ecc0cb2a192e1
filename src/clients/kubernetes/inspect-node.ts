import type { V1Node } from '@kubernetes/client-node';
import type { DrainSeen } from '../../domain/actions/drain/change.ts';
import { type NodeFacts, nodeFacts, poolOf } from '../../domain/actions/drain/node-facts.ts';
import { type PodFacts, podFacts } from '../../domain/actions/pod-facts.ts';
import { defined } from '../../domain/defined.ts';
import { MendloopError } from '../../domain/failures.ts';
import { nameTarget } from '../../domain/target/name-target.ts';
import type { Target } from '../../domain/target/target.ts';
import { HELD_BY } from './hold-target.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { listPages } from './list-pages.ts';
import { NODES_PATH } from './node.ts';
import type { Pod } from './workload.ts';

/**
 * A node with its Pods, and the nodes that could take them.
 *
 * @throws MendloopError `TargetNotFound`, `TargetUnsupported` for another cluster.
 */
export async function inspectNode(kubernetes: KubernetesClient, target: Target): Promise<DrainSeen> {
  if (target.cluster !== kubernetes.cluster) {
    throw new MendloopError('TargetUnsupported', `cluster ${target.cluster} is not ${kubernetes.cluster}`);
  }
  const [nodes, pods] = await Promise.all([listNodes(kubernetes), listNodePods(kubernetes, target)]);
  const node = nodes.find(({ name }) => name === target.name);
  if (node === undefined) throw new MendloopError('TargetNotFound', `there is no ${nameTarget(target)}`);
  return defined({ target, node, pool: poolOf(node, nodes), pods, heldBy: node.heldBy });
}

/** All Pods on the node. */
export async function listNodePods(kubernetes: KubernetesClient, target: Target): Promise<PodFacts[]> {
  const { path, query } = podsOfNode(target);
  return (await kubernetes.get<{ items: Pod[] }>(path, query)).items.map(podFacts);
}

/** Where the Pods of a node are listed and watched. */
export function podsOfNode({ name }: Pick<Target, 'name'>) {
  return { path: '/api/v1/pods', query: { fieldSelector: `spec.nodeName=${name}` } };
}

async function listNodes(kubernetes: KubernetesClient): Promise<(NodeFacts & { heldBy: string | undefined })[]> {
  const nodes = [];
  for await (const page of listPages<V1Node>(kubernetes, NODES_PATH)) {
    // Not the objects themselves: each holds the list of its images.
    for (const node of page) nodes.push({ ...nodeFacts(node), heldBy: node.metadata?.annotations?.[HELD_BY] });
  }
  return nodes;
}
