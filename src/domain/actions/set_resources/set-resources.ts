import { parseQuantity } from '../../cost/quantity.ts';
import { defined } from '../../defined.ts';
import { nameTarget } from '../../target/name-target.ts';
import type { Target } from '../../target/target.ts';
import { countOf } from '../../text/count-of.ts';
import {
  type ActionDefinition,
  type AddedRequests,
  type PlannedChange,
  type PlanRequest,
  Scope,
  Undo,
} from '../contract.ts';
import { namespaced, templatePermissions } from '../permission.ts';
import type { Movement } from '../readings.ts';
import { requireLeft, requireRollsOut, TEMPLATE_KINDS } from '../template-facts.ts';
import { TEMPLATE_SEES, templateParts } from '../template-parts.ts';
import { templateReadings } from '../template-readings.ts';
import type { ResourceMove, SetResourcesChange, SetResourcesSeen } from './change.ts';
import { describeSetResources, type SetResourcesParameters, setResourcesParametersSchema } from './parameters.ts';
import { chooseContainer, planMoves } from './plan-moves.ts';
import { podDelta, type PodDelta, requireRoom } from './require-room.ts';

/** Raises what one container of a workload may have, and what is reserved for it. */
export const setResourcesAction: ActionDefinition<SetResourcesParameters, SetResourcesSeen> = {
  name: 'set_resources',
  version: 1,
  summary: 'raises memory or CPU of one container of a template, by a step and up to a maximum',
  compensation: 'puts requests and limits back to what they were',
  parameters: setResourcesParametersSchema,
  kinds: [...TEMPLATE_KINDS, 'Pod'],
  scope: Scope.Namespaced,
  undo: Undo.Exact,
  idempotence: 'compare-and-set of each value under a field manager of its own for each remediation, by UID',
  permissions: [
    ...templatePermissions(['template']),
    // What would be taken of the template, and not of its Pods.
    namespaced('', ['limitranges', 'resourcequotas'], ['list']),
    { apiGroups: [''], resources: ['nodes'], verbs: ['list'], scope: Scope.Cluster },
  ],
  proof: [{ kind: 'rollout_complete' }, { kind: 'no_restarts', forSeconds: 60 }],
  sees: TEMPLATE_SEES,
  facts: templateParts,
  leasable: false,
  describe: describeSetResources,
  plan,
};

function plan({ parameters, seen }: PlanRequest<SetResourcesParameters, SetResourcesSeen>): PlannedChange {
  const { target, facts, heldBy } = seen;
  const { minReadyPeers } = parameters;
  requireRollsOut(target, facts);
  requireLeft(target, facts, minReadyPeers);
  const { name: container } = chooseContainer(parameters, seen);
  const moves = planMoves(parameters, seen);
  const delta = podDelta(seen.pod, container, moves);
  requireRoom(seen, moves, delta);
  const change: SetResourcesChange = { container, moves, minReadyPeers, complaints: [...facts.complaints] };
  const name = nameTarget(target);
  const steps = moves.map(({ of, resource, from, to }) => `${of} of ${resource} ${from} -> ${to}`).join(', ');
  return defined({
    action: setResourcesAction.name,
    version: setResourcesAction.version,
    target,
    uid: facts.uid,
    change,
    isDone: false,
    title: `set ${steps} of container ${container} of ${name}`,
    awaits: `all Pods of ${name} with ${steps}`,
    undo: Undo.Exact,
    manualUndo: commandFor(target, container, moves, 'from'),
    command: commandFor(target, container, moves, 'to'),
    locks: [],
    adds: addedBy(delta, facts.wanted),
    moves: moves[0] && movementOf(moves[0]),
    readings: templateReadings(facts),
    heldBy,
    labels: facts.labels,
  });
}

/** The number that is drawn, where several move. */
export function movementOf({ of, resource, from, to }: ResourceMove): Movement {
  const unit = resource === 'memory' ? 'bytes' : 'cores';
  return { name: `${of} of ${resource}`, before: parseQuantity(from), after: parseQuantity(to), unit };
}

function addedBy({ before, after }: PodDelta, pods: number): AddedRequests | undefined {
  const [cpu, memory] = [(after.cpu - before.cpu) * pods, (after.memory - before.memory) * pods];
  return cpu === 0 && memory === 0 ? undefined : { cpu, memory, text: `more for each of ${countOf(pods, 'Pod')}` };
}

/** What a human types. */
function commandFor(
  { namespace, kind, name }: Target,
  container: string,
  moves: readonly ResourceMove[],
  end: 'from' | 'to',
): string {
  const flags = (['requests', 'limits'] as const).flatMap((of) => {
    const values = moves.filter((move) => move.of === of).map((move) => `${move.resource}=${move[end]}`);
    return values.length === 0 ? [] : [`--${of}=${values.join(',')}`];
  });
  return `kubectl -n ${namespace} set resources ${kind.toLowerCase()} ${name} -c ${container} ${flags.join(' ')}`;
}
