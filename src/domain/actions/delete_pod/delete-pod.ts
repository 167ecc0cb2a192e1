import { type ActionDefinition, type PlannedChange, type PlanRequest, Scope, Undo } from '../contract.ts';
import { planRemoval } from '../plan-removal.ts';
import { type PodRemovalSeen, readingPermissions, REMOVAL_SEES, removalParts } from '../pod-removal.ts';
import { type DeletePodParameters, deletePodParametersSchema, describeDeletePod } from './parameters.ts';

/** Deletes one Pod, so that its controller brings another. */
export const deletePodAction: ActionDefinition<DeletePodParameters, PodRemovalSeen> = {
  name: 'delete_pod',
  version: 1,
  summary: 'deletes one Pod, so that its controller brings another',
  compensation: undefined,
  parameters: deletePodParametersSchema,
  kinds: ['Pod'],
  scope: Scope.Namespaced,
  undo: Undo.None,
  idempotence: "the Pod's UID, which its successor of the same name does not have; the intent stands in an Event",
  permissions: [
    { apiGroups: [''], resources: ['pods'], verbs: ['delete'], scope: Scope.Namespaced },
    ...readingPermissions,
  ],
  danger:
    'Takes a Pod that still serves: as many others as the plan wants must be ready, and what would not come back is refused. Its logs go with it.',
  proof: [{ kind: 'ready' }, { kind: 'no_restarts', forSeconds: 60 }],
  sees: REMOVAL_SEES,
  facts: removalParts,
  leasable: false,
  describe: describeDeletePod,
  plan,
};

function plan({ parameters, seen }: PlanRequest<DeletePodParameters, PodRemovalSeen>): PlannedChange {
  const { force, gracePeriodSeconds, minReadyPeers, allowDaemonSet } = parameters;
  const graceSeconds = force ? 0 : gracePeriodSeconds;
  const terms = { minReadyPeers, allowDaemonSet, graceSeconds };
  return planRemoval(deletePodAction, { seen, terms, verb: 'delete', command: commandFor(seen, graceSeconds) });
}

/** What a human types. */
function commandFor({ target: { namespace, name } }: PodRemovalSeen, graceSeconds: number | undefined): string {
  const grace = graceSeconds === undefined ? '' : ` --grace-period=${graceSeconds}`;
  return `kubectl -n ${namespace} delete pod ${name}${grace}${graceSeconds === 0 ? ' --force' : ''}`;
}
