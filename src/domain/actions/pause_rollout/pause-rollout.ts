import { z } from 'zod';
import { defined } from '../../defined.ts';
import { MendloopError } from '../../failures.ts';
import { nameTarget } from '../../target/name-target.ts';
import { type ActionDefinition, type PlannedChange, type PlanRequest, Scope, Undo } from '../contract.ts';
import { namespaced } from '../permission.ts';
import { templateParts } from '../template-parts.ts';
import { templateReadings } from '../template-readings.ts';
import type { TemplateSeen } from '../template-seen.ts';

export interface PauseRolloutSeen extends TemplateSeen {
  readonly isPaused: boolean;
}

const parametersSchema = z.strictObject({});
export type PauseRolloutParameters = z.infer<typeof parametersSchema>;

/** Keeps a Deployment from going on with a rollout. */
export const pauseRolloutAction: ActionDefinition<PauseRolloutParameters, PauseRolloutSeen> = {
  name: 'pause_rollout',
  version: 1,
  summary: 'pauses the rollout of a Deployment where it is, so that no more Pods are replaced',
  compensation: 'resumes it, if it was this remediation that paused it',
  parameters: parametersSchema,
  kinds: ['Deployment', 'Pod'],
  scope: Scope.Namespaced,
  undo: Undo.Exact,
  idempotence: 'compare-and-set of the pause under a field manager of its own for each remediation, by UID',
  permissions: [
    namespaced('apps', ['deployments'], ['get', 'patch'], ['paused']),
    namespaced('apps', ['replicasets'], ['get']),
    namespaced('', ['pods'], ['get']),
    namespaced('', ['events'], ['create']),
  ],
  // Old and new Pods serve side by side: what helps is that no more of the old ones go.
  proof: [{ kind: 'ready' }, { kind: 'no_restarts', forSeconds: 60 }],
  sees: ['rollout', 'quota'],
  facts,
  leasable: false,
  describe: () => 'where it is',
  plan,
};

/** It takes no Pod away. */
function facts(request: Pick<PlanRequest<unknown, PauseRolloutSeen>, 'seen'>) {
  const { rollout, quota } = templateParts(request);
  return defined({ rollout, quota });
}

function plan({ seen }: PlanRequest<PauseRolloutParameters, PauseRolloutSeen>): PlannedChange {
  const { target, facts, isPaused, heldBy } = seen;
  const name = nameTarget(target);
  if (target.kind !== 'Deployment') throw new MendloopError('TargetUnsupported', `${name} knows no pause`);
  if (!isPaused && facts.underWay === undefined) {
    throw new MendloopError('NotIndicated', `${name} has no rollout under way that could be paused`);
  }
  const { namespace } = target;
  const kubectl = (verb: string) => `kubectl -n ${namespace} rollout ${verb} deployment ${target.name}`;
  return defined({
    action: pauseRolloutAction.name,
    version: pauseRolloutAction.version,
    target,
    uid: facts.uid,
    change: {},
    isDone: isPaused,
    title: `pause the rollout of ${name}`,
    awaits: `the pause of ${name}, seen by its controller`,
    undo: Undo.Exact,
    // What another hand has paused is not for us to resume.
    manualUndo: isPaused ? undefined : kubectl('resume'),
    command: kubectl('pause'),
    locks: [],
    readings: templateReadings(facts),
    heldBy,
    labels: facts.labels,
  });
}
