import {
  fieldManager,
  fieldOwners,
  fieldSetAt,
  MANAGER_PREFIX,
  type ManagedFieldsEntry,
} from '../../domain/actions/field-owners.ts';
import type { ScaleLever } from '../../domain/actions/scale/change.ts';
import { MendloopError } from '../../domain/failures.ts';
import { nameTarget } from '../../domain/target/name-target.ts';
import type { Target } from '../../domain/target/target.ts';
import type { JsonPatch, KubernetesClient } from './kubernetes-client.ts';
import { isFailedPatch } from './kubernetes-failure.ts';
import { type Autoscaler, autoscalerPath, type Workload, workloadPath } from './workload.ts';

/** One lever of one object, in the hands of one remediation: the key of idempotence is `remediationId` with `uid`. */
export interface LeverHand {
  readonly remediationId: string;
  readonly target: Target;
  readonly uid: string;
  readonly lever: ScaleLever;
}

/** One intended move of a lever. */
export interface LeverChange extends LeverHand {
  readonly from: number;
  readonly to: number;
}

/** A lever as it stands: its value, and who the API server says set it. */
export interface LeverReading {
  readonly value: number;
  readonly owners: readonly string[];
  /** What it was read of: for when it was set. */
  readonly managedFields: readonly ManagedFieldsEntry[];
  /** `spec.replicas` of the workload, and who set it: what an autoscaler's minimum is to bring about. */
  readonly replicas: Pick<LeverReading, 'value' | 'owners'>;
}

/** A patch that moves the lever, and where it goes. */
export interface LeverMove {
  /** Of the object that is read and patched: a workload's `scale`, or an autoscaler. */
  readonly path: string;
  readonly patch: JsonPatch;
  readonly query: Readonly<Record<string, string>>;
}

/** Of `spec`, by the kind of lever. */
const FIELD = { replicas: 'replicas', autoscaler: 'minReplicas' } as const;

/** The one patch by which a lever moves from one value to another, under the remediation's own field manager. */
export function leverMove(hand: LeverHand, { from, to }: { from: number; to: number }): LeverMove {
  const { target, uid, lever, remediationId } = hand;
  const onWorkload = lever.kind === 'replicas';
  const field = FIELD[lever.kind];
  return {
    path: onWorkload
      ? `${workloadPath(target)}/scale`
      : autoscalerPath({ namespace: target.namespace, name: lever.name }),
    patch: [
      ...(onWorkload ? [{ op: 'test', path: '/metadata/uid', value: uid } as const] : []),
      // A Scale's zero is left out of the API's JSON: what is tested then is that nothing is there.
      onWorkload && from === 0
        ? { op: 'test', path: '/spec', value: {} }
        : { op: 'test', path: `/spec/${field}`, value: from },
      { op: 'add', path: `/spec/${field}`, value: to },
    ],
    query: { fieldManager: fieldManager(remediationId), fieldValidation: 'Strict' },
  };
}

/**
 * Moves the lever from one value to another if it still has the first: compare-and-set.
 *
 * @throws MendloopError `TargetChanged` if it has another value or the workload another UID.
 */
export async function moveLever(
  kubernetes: KubernetesClient,
  hand: LeverHand,
  values: { from: number; to: number },
): Promise<void> {
  const { path, patch, query } = leverMove(hand, values);
  try {
    await kubernetes.jsonPatch(path, patch, query);
  } catch (error) {
    throw leverFailure(error);
  }
}

/** A failed `test` means that another hand changed the target; any other refusal stays what it is, with its own words. */
export function leverFailure(error: unknown): unknown {
  return isFailedPatch(error) ? new MendloopError('TargetChanged', error.message) : error;
}

/**
 * Reads the lever and who set it.
 *
 * @throws MendloopError `TargetNotFound`; `TargetReplaced` if the workload of that name is another one.
 */
export async function readLever(
  kubernetes: KubernetesClient,
  { target, uid, lever }: Omit<LeverHand, 'remediationId'>,
): Promise<LeverReading> {
  const [workload, autoscaler] = await Promise.all([
    kubernetes.get<Workload>(workloadPath(target)),
    lever.kind === 'autoscaler'
      ? kubernetes.get<Autoscaler>(autoscalerPath({ namespace: target.namespace, name: lever.name }))
      : undefined,
  ]);
  if (workload.metadata?.uid !== uid) {
    throw new MendloopError('TargetReplaced', `${nameTarget(target)} was created anew`);
  }
  return leverOf(workload, autoscaler);
}

/** The lever of a workload: the autoscaler's, if one owns it. */
export function leverOf({ metadata, spec }: Workload, autoscaler: Autoscaler | undefined): LeverReading {
  const [value, { managedFields = [] } = {}, field] =
    autoscaler === undefined
      ? [spec?.replicas ?? 1, metadata, FIELD.replicas]
      : [autoscaler.spec.minReplicas ?? 1, autoscaler.metadata, FIELD.autoscaler];
  const replicas = { value: spec?.replicas ?? 1, owners: fieldOwners(metadata?.managedFields, FIELD.replicas) };
  return { value, owners: fieldOwners(managedFields, field), managedFields, replicas };
}

/** Epoch ms, by the API server's clock, at which this remediation last moved the lever; undefined if it did not. */
export function movedAt(
  { managedFields }: Pick<LeverReading, 'managedFields'>,
  { remediationId, lever }: Pick<LeverHand, 'remediationId' | 'lever'>,
): number | undefined {
  return fieldSetAt(managedFields, { field: FIELD[lever.kind], manager: fieldManager(remediationId) });
}

/** Whether the value is this remediation's work alone: another that applied the same value wants it, too. */
export function isOurs(
  { owners }: Pick<LeverReading, 'owners'>,
  { remediationId }: Pick<LeverHand, 'remediationId'>,
): boolean {
  return owners.length === 1 && owners[0] === fieldManager(remediationId);
}

/** Whether other hands have set the value since this remediation did, be it to the very same. */
export function isTakenOver(
  { owners }: Pick<LeverReading, 'owners'>,
  { remediationId }: Pick<LeverHand, 'remediationId'>,
): boolean {
  return owners.length > 0 && !owners.includes(fieldManager(remediationId));
}

/** Whether another remediation set the value. */
export function isAnotherRemediations(reading: LeverReading, hand: Pick<LeverHand, 'remediationId'>): boolean {
  return !isOurs(reading, hand) && reading.owners.some((owner) => owner.startsWith(`${MANAGER_PREFIX}-`));
}

/** Whether no hand but remediations' has set the value. */
export function isMendloops({ owners }: Pick<LeverReading, 'owners'>): boolean {
  return owners.length > 0 && owners.every((owner) => owner.startsWith(`${MANAGER_PREFIX}-`));
}

/** Those who set the value, for people. */
export function nameOwners({ owners }: Pick<LeverReading, 'owners'>): string {
  return owners.join(', ') || 'an unknown hand';
}
