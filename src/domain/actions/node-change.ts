import { z } from 'zod';
import type { Looked } from '../authority/seen-object.ts';
import { MendloopError } from '../failures.ts';
import { nameTarget } from '../target/name-target.ts';
import type { Target } from '../target/target.ts';
import { type Permission, Scope } from './contract.ts';
import { poolRulesSchema } from './judge-pool.ts';
import type { NodeFacts, Pool } from './node-facts.ts';
import type { Reading } from './readings.ts';

export interface NodeSeen extends Looked {
  readonly target: Target;
  readonly node: NodeFacts;
  readonly pool: Pool;
  /** Field managers of the cordon; empty: none, or not known. */
  readonly cordonedBy: readonly string[];
  /** ID of the remediation that holds the node by annotation, if one does. */
  readonly heldBy?: string;
}

/** What every edit of one field of a node's spec takes. */
export function nodePermissions(field: 'unschedulable' | 'taints'): readonly Permission[] {
  return [
    {
      ...{ apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list', 'patch'] },
      ...{ scope: Scope.Cluster, fields: [field] },
    },
    { apiGroups: [''], resources: ['events'], verbs: ['create'], scope: Scope.Cluster },
  ];
}

const taintSchema = z.object({ key: z.string(), value: z.string().exactOptional(), effect: z.string() });

/** What the effects of a taint that is set or taken off take, and the history keeps. */
export const taintChangeSchema = z.object({ taint: taintSchema, pool: poolRulesSchema.exactOptional() });

/** @throws MendloopError `DisruptionUnsafe` for a node of the control plane, which is protected everywhere. */
export function refuseControlPlane({ target, node }: Pick<NodeSeen, 'target' | 'node'>): void {
  if (node.isControlPlane) throw new MendloopError('DisruptionUnsafe', `${nameTarget(target)} is of the control plane`);
}

/**
 * What has kept Pods away is only taken off a node that can run them.
 *
 * @throws MendloopError `NotIndicated` if it is not ready, or was not heard of for long.
 */
export function requireReady({ target, node }: Pick<NodeSeen, 'target' | 'node'>): void {
  if (node.isReady) return;
  throw new MendloopError('NotIndicated', `${nameTarget(target)} is not ready, or has not said so for long`);
}

export function nodeReadings({ node, pool }: Pick<NodeSeen, 'node' | 'pool'>): Reading[] {
  const state = `${node.isReady ? 'ready' : 'not ready'}${node.isCordoned ? ', cordoned' : ''}`;
  return [
    { name: 'node', text: state },
    { name: 'other nodes', text: `${pool.ready} of ${pool.size - 1} ready for its Pods`, value: pool.ready },
  ];
}
