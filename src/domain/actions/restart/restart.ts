import { defined } from '../../defined.ts';
import type { Target } from '../../target/target.ts';
import { nameTarget } from '../../target/name-target.ts';
import { countOf } from '../../text/count-of.ts';
import { type ActionDefinition, type PlannedChange, type PlanRequest, Scope, Undo } from '../contract.ts';
import { templatePermissions } from '../permission.ts';
import { requireAtRest, requireLeft, requireRollsOut, TEMPLATE_KINDS, type TemplateFacts } from '../template-facts.ts';
import { TEMPLATE_SEES, templateParts } from '../template-parts.ts';
import { templateReadings } from '../template-readings.ts';
import type { TemplateSeen } from '../template-seen.ts';
import type { RestartChange } from './change.ts';
import { describeRestart, type RestartParameters, restartParametersSchema } from './parameters.ts';

/** Replaces all Pods of a workload, as its strategy has it. */
export const restartAction: ActionDefinition<RestartParameters, TemplateSeen> = {
  name: 'restart',
  version: 1,
  summary: 'replaces all Pods of a workload by new ones of the same template, as its strategy has it',
  compensation: 'by a further step, as a rollback: Pods that are gone do not come back',
  parameters: restartParametersSchema,
  kinds: [...TEMPLATE_KINDS, 'Pod'],
  scope: Scope.Namespaced,
  undo: Undo.Forward,
  idempotence: 'an annotation of the template that names the remediation: what it names is not restarted again, by UID',
  permissions: templatePermissions(['template.metadata']),
  proof: [{ kind: 'rollout_complete' }, { kind: 'no_restarts', forSeconds: 60 }],
  sees: TEMPLATE_SEES,
  facts: templateParts,
  leasable: false,
  describe: describeRestart,
  plan,
};

function plan({ parameters, seen }: PlanRequest<RestartParameters, TemplateSeen>): PlannedChange {
  const { target, facts, template, heldBy } = seen;
  const { minReadyPeers } = parameters;
  requireRestartable(target, facts, minReadyPeers);
  const change: RestartChange = { template, minReadyPeers, complaints: [...facts.complaints] };
  const { namespace, kind, name } = target;
  return defined({
    action: restartAction.name,
    version: restartAction.version,
    target,
    uid: facts.uid,
    change,
    isDone: false,
    title: `restart ${nameTarget(target)} of ${countOf(facts.wanted, 'Pod')}`,
    awaits: `${countOf(facts.wanted, 'new Pod')} of ${nameTarget(target)}`,
    undo: Undo.Forward,
    command: `kubectl -n ${namespace} rollout restart ${kind.toLowerCase()} ${name}`,
    locks: [],
    readings: templateReadings(facts),
    heldBy,
    labels: facts.labels,
  });
}

/** @throws MendloopError `ReplicaLimit`, `RolloutHeld`, `RolloutUnderWay`, `DisruptionUnsafe`. */
export function requireRestartable(target: Target, facts: TemplateFacts, minReadyPeers: number): void {
  requireRollsOut(target, facts);
  requireAtRest(target, facts);
  requireLeft(target, facts, minReadyPeers);
}
