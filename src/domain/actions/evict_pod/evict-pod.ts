import { z } from 'zod';
import { type ActionDefinition, type PlannedChange, type PlanRequest, Scope, Undo } from '../contract.ts';
import { planRemoval } from '../plan-removal.ts';
import { type PodRemovalSeen, readingPermissions, REMOVAL_SEES, removalParts } from '../pod-removal.ts';

export const evictPodParametersSchema = z.strictObject({
  /** Seconds that the Pod has to end; absent: what it asks for itself. */
  gracePeriodSeconds: z.number().int().min(1).max(86_400).optional(),
  /** Other Pods of the workload that must be ready, unless the Pod itself is not; 0: the last one may go, too. */
  minReadyPeers: z.number().int().min(0).max(10_000).default(1),
  /** A DaemonSet's Pods do for their node what no other Pod does meanwhile. */
  allowDaemonSet: z.boolean().default(false),
});
export type EvictPodParameters = z.infer<typeof evictPodParametersSchema>;

/** Evicts one Pod as its disruption budgets allow, so that its controller brings another. */
export const evictPodAction: ActionDefinition<EvictPodParameters, PodRemovalSeen> = {
  name: 'evict_pod',
  version: 1,
  summary: 'evicts one Pod as its disruption budgets allow, so that its controller brings another',
  compensation: undefined,
  parameters: evictPodParametersSchema,
  kinds: ['Pod'],
  scope: Scope.Namespaced,
  undo: Undo.None,
  idempotence: "the Pod's UID, which its successor of the same name does not have; the intent stands in an Event",
  permissions: [
    { apiGroups: [''], resources: ['pods/eviction'], verbs: ['create'], scope: Scope.Namespaced },
    ...readingPermissions,
  ],
  danger:
    'Takes a Pod that still serves: disruption budgets hold, as many others as the plan wants must be ready, and what would not come back is refused.',
  proof: [{ kind: 'ready' }, { kind: 'no_restarts', forSeconds: 60 }],
  sees: REMOVAL_SEES,
  facts: removalParts,
  leasable: false,
  describe: ({ minReadyPeers, gracePeriodSeconds }) => {
    const how = gracePeriodSeconds === undefined ? '' : `, with ${gracePeriodSeconds} s to end`;
    return `${minReadyPeers === 0 ? 'even the last ready one' : `leaving ${minReadyPeers} or more ready`}${how}`;
  },
  plan,
};

function plan({ parameters, seen }: PlanRequest<EvictPodParameters, PodRemovalSeen>): PlannedChange {
  const { gracePeriodSeconds, minReadyPeers, allowDaemonSet } = parameters;
  const terms = { minReadyPeers, allowDaemonSet, graceSeconds: gracePeriodSeconds };
  return planRemoval(evictPodAction, { seen, terms, verb: 'evict', command: commandFor(seen, gracePeriodSeconds) });
}

/** What a human types: there is no `kubectl evict`. */
function commandFor({ target: { namespace, name } }: PodRemovalSeen, graceSeconds: number | undefined): string {
  const options = graceSeconds === undefined ? '' : `,"deleteOptions":{"gracePeriodSeconds":${graceSeconds}}`;
  const body = `{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"${name}"}${options}}`;
  return `echo '${body}' | kubectl create --raw /api/v1/namespaces/${namespace}/pods/${name}/eviction -f -`;
}
