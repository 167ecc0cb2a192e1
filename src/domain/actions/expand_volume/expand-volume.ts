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

export const expandVolumeParametersSchema = z
  .strictObject({
    ...quantityGrowthFields,
    /** Seconds between two changes of one claim, by whatever hand: AWS refuses another one within six hours. */
    pauseSeconds: z
      .number()
      .int()
      .min(0)
      .max(30 * 86_400)
      .default(21_600),
  })
  .refine(({ add, factor }) => (add === undefined) !== (factor === undefined), 'expected either add or factor');
export type ExpandVolumeParameters = z.infer<typeof expandVolumeParametersSchema>;

export interface ExpandVolumeSeen extends SeenTarget {
  readonly phase: string;
  /** What the claim asks for, and what it has. */
  readonly request: string;
  readonly capacity?: string;
  readonly storageClass?: { readonly name: string; readonly allowsExpansion: boolean };
  /** A resize that is under way, for people; absent: none. */
  readonly resizing?: string;
  /** Milliseconds since the epoch at which the request was last changed after the claim was made. */
  readonly changedAt?: number;
  /** Milliseconds since the epoch at which all this was seen. */
  readonly seenAt: number;
}

/** Makes a claim larger. It never shrinks. */
export const expandVolumeAction: ActionDefinition<ExpandVolumeParameters, ExpandVolumeSeen> = {
  name: 'expand_volume',
  version: 1,
  summary: 'makes a claim larger, by a step up to a maximum; it never shrinks',
  compensation: undefined,
  parameters: expandVolumeParametersSchema,
  kinds: ['PersistentVolumeClaim'],
  scope: Scope.Namespaced,
  undo: Undo.None,
  idempotence: 'compare-and-set of the request under a field manager of its own for each remediation, by UID',
  permissions: [
    namespaced('', ['persistentvolumeclaims'], ['get', 'patch'], ['resources']),
    namespaced('', ['events'], ['create']),
    // Whether its class can be expanded.
    { apiGroups: ['storage.k8s.io'], resources: ['storageclasses'], verbs: ['get'], scope: Scope.Cluster },
  ],
  danger:
    'A volume never shrinks again, and costs from then on: a human is always asked, `max` bounds it, and providers want a pause between two changes (`pauseSeconds`).',
  proof: [{ kind: 'claim_bound' }],
  asks: 'a volume never shrinks again',
  leasable: false,
  describe: quantityGrowthText,
  plan,
};

function plan({ parameters, seen }: PlanRequest<ExpandVolumeParameters, ExpandVolumeSeen>): PlannedChange {
  const { target, uid, labels, heldBy, request: from, capacity, storageClass } = seen;
  const name = nameTarget(target);
  requireExpandable(seen);
  requirePause(seen, parameters.pauseSeconds);
  const to = formatQuantity(grownQuantity(parameters, from, name), from);
  const change: FieldEdit = { field: ['resources', 'requests', 'storage'], from, to, isQuantity: true };
  const { namespace, name: claim } = target;
  const patch = JSON.stringify({ spec: { resources: { requests: { storage: to } } } });
  return defined({
    action: expandVolumeAction.name,
    version: expandVolumeAction.version,
    target,
    uid,
    change,
    subject: { target, storageBytes: parseQuantity(to) },
    isDone: false,
    title: `expand ${name} ${from} -> ${to}`,
    awaits: `a capacity of ${to}`,
    undo: Undo.None,
    command: `kubectl -n ${namespace} patch pvc ${claim} --type merge -p '${patch}'`,
    locks: [],
    moves: { name: 'storage', before: parseQuantity(from), after: parseQuantity(to), unit: 'B' },
    readings: [
      {
        name: 'capacity',
        text: capacity ?? 'none',
        ...defined({ value: capacity === undefined ? undefined : parseQuantity(capacity) }),
        unit: 'B',
      },
      { name: 'storage class', text: storageClass?.name ?? 'none' },
    ],
    heldBy,
    labels,
  });
}

/** @throws MendloopError `NotIndicated`, `TargetUnsupported`. */
function requireExpandable({ target, phase, storageClass, resizing, request, capacity }: ExpandVolumeSeen): void {
  const name = nameTarget(target);
  if (phase !== 'Bound') throw new MendloopError('NotIndicated', `${name} is ${phase}, not bound`);
  if (storageClass === undefined) {
    throw new MendloopError('TargetUnsupported', `${name} has no storage class that could expand it`);
  }
  if (!storageClass.allowsExpansion) {
    throw new MendloopError(
      'TargetUnsupported',
      `storage class ${storageClass.name} of ${name} does not allow expansion`,
    );
  }
  if (resizing !== undefined) throw new MendloopError('NotIndicated', `${name} is being resized: ${resizing}`);
  if (parseQuantity(capacity ?? '0') < parseQuantity(request)) {
    throw new MendloopError('NotIndicated', `${name} has ${capacity ?? 'nothing'} of the ${request} that it asks for`);
  }
}

/** @throws MendloopError `TooSoon`. */
function requirePause({ target, changedAt, seenAt }: ExpandVolumeSeen, pauseSeconds: number): void {
  if (changedAt === undefined || seenAt - changedAt >= pauseSeconds * 1000) return;
  const until = new Date(changedAt + pauseSeconds * 1000).toISOString();
  throw new MendloopError(
    'TooSoon',
    `${nameTarget(target)} was last changed ${new Date(changedAt).toISOString()}; wait until ${until}`,
  );
}
