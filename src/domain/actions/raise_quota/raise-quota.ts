import { z } from 'zod';
import { formatQuantity, parseQuantity } from '../../cost/quantity.ts';
import { defined } from '../../defined.ts';
import { MendloopError } from '../../failures.ts';
import { nameTarget } from '../../target/name-target.ts';
import { type ActionDefinition, type PlannedChange, type PlanRequest, Scope, Undo } from '../contract.ts';
import type { FieldEdit } from '../field-edit.ts';
import { grownQuantity, quantityGrowthFields, quantityGrowthText } from '../grow-quantity.ts';
import { namespaced } from '../permission.ts';
import type { SeenTarget } from '../seen-target.ts';

export const raiseQuotaParametersSchema = z
  .strictObject({
    /** As the quota names it: `pods`, `requests.cpu`, `persistentvolumeclaims`. */
    resource: z.string().min(1).max(253),
    ...quantityGrowthFields,
    /** Share of the quota that must be used up. */
    fullShare: z.number().min(0).max(1).default(0.9),
  })
  .refine(({ add, factor }) => (add === undefined) !== (factor === undefined), 'expected either add or factor');
export type RaiseQuotaParameters = z.infer<typeof raiseQuotaParametersSchema>;

export interface RaiseQuotaSeen extends SeenTarget {
  /** Of its spec. */
  readonly hard: Readonly<Record<string, string>>;
  /** As its controller has counted last. */
  readonly used: Readonly<Record<string, string>>;
}

/** Raises one limit of a quota that is used up, for a while. */
export const raiseQuotaAction: ActionDefinition<RaiseQuotaParameters, RaiseQuotaSeen> = {
  name: 'raise_quota',
  version: 1,
  summary: 'raises one limit of a quota that is used up, by a step, for a while',
  compensation: 'puts the limit back to what it was; what was created meanwhile stays',
  parameters: raiseQuotaParametersSchema,
  kinds: ['ResourceQuota'],
  scope: Scope.Namespaced,
  undo: Undo.Exact,
  idempotence: 'compare-and-set of the limit under a field manager of its own for each remediation, by UID',
  permissions: [namespaced('', ['resourcequotas'], ['get', 'patch'], ['hard']), namespaced('', ['events'], ['create'])],
  danger:
    'A tenant’s limit is bypassed: a human is always asked, `max` bounds it, and a quota that is not used up is refused.',
  proof: [],
  // A quota is what was agreed with a tenant.
  asks: 'it goes past what was agreed with the tenant',
  leasable: false,
  isForAWhile: true,
  clears: ['quota_has_room'],
  describe: (parameters) => `${parameters.resource} ${quantityGrowthText(parameters)}`,
  plan,
};

function plan({ parameters, seen }: PlanRequest<RaiseQuotaParameters, RaiseQuotaSeen>): PlannedChange {
  const { target, uid, labels, heldBy, hard, used } = seen;
  const { resource, fullShare } = parameters;
  const name = nameTarget(target);
  const from = hard[resource];
  if (from === undefined) throw new MendloopError('NotIndicated', `${name} does not limit ${resource}`);
  const [limit, taken] = [parseQuantity(from), parseQuantity(used[resource] ?? '0')];
  if (taken < limit * fullShare) {
    const share = `${used[resource] ?? '0'} of ${from}`;
    throw new MendloopError('NotIndicated', `${name} has used ${share} ${resource}, less than a share of ${fullShare}`);
  }
  const to = formatQuantity(grownQuantity(parameters, from, `${resource} of ${name}`), from);
  const change: FieldEdit = { field: ['hard', resource], from, to, isQuantity: true };
  const { namespace, name: quota } = target;
  const command = (value: string) =>
    `kubectl -n ${namespace} patch resourcequota ${quota} --type merge -p '${JSON.stringify({ spec: { hard: { [resource]: value } } })}'`;
  return defined({
    action: raiseQuotaAction.name,
    version: raiseQuotaAction.version,
    target,
    uid,
    change,
    isDone: false,
    title: `raise ${resource} of ${name} ${from} -> ${to}`,
    awaits: `${resource} up to ${to}`,
    undo: Undo.Exact,
    manualUndo: command(from),
    command: command(to),
    locks: [],
    moves: { name: resource, before: limit, after: parseQuantity(to) },
    readings: [{ name: resource, text: `${used[resource] ?? '0'} of ${from} used`, value: taken }],
    heldBy,
    labels,
  });
}
