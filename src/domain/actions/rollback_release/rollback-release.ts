import { defined } from '../../defined.ts';
import { MendloopError } from '../../failures.ts';
import type { FactParts, ReleaseFacts } from '../../precondition/facts.ts';
import { nameTarget } from '../../target/name-target.ts';
import type { Target } from '../../target/target.ts';
import { type ActionDefinition, type PlannedChange, type PlanRequest, Scope, Undo } from '../contract.ts';
import { namespaced, templatePermissions } from '../permission.ts';
import { requireRollsOut, TEMPLATE_KINDS, type TemplateFacts } from '../template-facts.ts';
import { TEMPLATE_SEES, templateParts } from '../template-parts.ts';
import { templateReadings } from '../template-readings.ts';
import type { Revision, RollbackChange, RollbackSeen } from './change.ts';
import { candidates, chooseRevision } from './choose-revision.ts';
import { describeRollback, type RollbackParameters, rollbackParametersSchema } from './parameters.ts';

/** Goes back to an older release of a workload. */
export const rollbackReleaseAction: ActionDefinition<RollbackParameters, RollbackSeen> = {
  name: 'rollback_release',
  version: 1,
  summary: 'gives a workload the template of an older revision of it, and deletes Pods that a StatefulSet is stuck at',
  compensation: 'gives it the newer template back, exactly',
  parameters: rollbackParametersSchema,
  kinds: [...TEMPLATE_KINDS, 'Pod'],
  scope: Scope.Namespaced,
  undo: Undo.Exact,
  idempotence: 'compare-and-set of the template, with a mark of the remediation in the same patch, by UID',
  permissions: [
    ...templatePermissions(['template']),
    // The revisions that it has had.
    namespaced('apps', ['replicasets'], ['list']),
    namespaced('apps', ['controllerrevisions'], ['get', 'list']),
    // What a StatefulSet is stuck at: kubernetes #67250.
    namespaced('', ['pods'], ['list', 'delete']),
  ],
  proof: [{ kind: 'rollout_complete' }, { kind: 'no_restarts', forSeconds: 60 }],
  sees: [...TEMPLATE_SEES, 'release'],
  facts,
  leasable: false,
  describe: describeRollback,
  plan,
};

function facts(request: PlanRequest<RollbackParameters, RollbackSeen>): Partial<FactParts> {
  const { from, to } = candidates(request.parameters, request.seen);
  return { ...templateParts(request), release: defined({ from: from && factsOf(from), to: to && factsOf(to) }) };
}

function factsOf({ number, createdAt, marks }: Revision): ReleaseFacts {
  return { number, createdAt, marks };
}

function plan({ parameters, seen }: PlanRequest<RollbackParameters, RollbackSeen>): PlannedChange {
  const { target, facts, heldBy } = seen;
  requireRollbackHelps(target, facts);
  const { from, to } = chooseRevision(parameters, seen);
  const change: RollbackChange = { from: kept(from), to: kept(to), complaints: [...facts.complaints] };
  const name = nameTarget(target);
  return defined({
    action: rollbackReleaseAction.name,
    version: rollbackReleaseAction.version,
    target,
    uid: facts.uid,
    change,
    isDone: from.name === to.name,
    title: `roll back ${name} from revision ${from.number} to ${to.number}`,
    awaits: `all Pods of ${name} of revision ${to.number}`,
    undo: Undo.Exact,
    manualUndo: commandFor(target, from),
    command: commandFor(target, to),
    locks: [],
    readings: [
      ...templateReadings(facts),
      { name: 'revision', text: `${from.number}, back to ${to.number}` },
      { name: 'what changes back', text: to.changes.join('; ') || 'nothing' },
    ],
    heldBy,
    labels: facts.labels,
  });
}

/** @throws MendloopError `ReplicaLimit`, `RolloutHeld`; `QuotaExhausted`: an older release has no more room. */
export function requireRollbackHelps(target: Target, facts: TemplateFacts): void {
  requireRollsOut(target, facts);
  if (facts.quota === undefined) return;
  throw new MendloopError('QuotaExhausted', `${nameTarget(target)} has no room, whatever its release: ${facts.quota}`);
}

function kept({ number, name, template }: Revision): RollbackChange['from'] {
  return { number, name, template };
}

/** What a human types. */
function commandFor({ namespace, kind, name }: Target, { number }: Revision): string {
  return `kubectl -n ${namespace} rollout undo ${kind.toLowerCase()} ${name} --to-revision=${number}`;
}
