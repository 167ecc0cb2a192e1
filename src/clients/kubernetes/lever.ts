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
import { type ScaledObject, scaledObjectPath } from './scaled-object.ts';
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
const FIELD = { replicas: 'replicas', autoscaler: 'minReplicas', scaledobject: 'minReplicaCount' } as const;

/** What a minimum is that an object does not say. The API server fills in an autoscaler's. Source: KEDA's CRD. */
const UNSAID = { autoscaler: 1, scaledobject: 0 } as const;

/** What owns the replica count of a workload. */
export type Mover =
  | { readonly kind: 'autoscaler'; readonly object: Autoscaler }
  | { readonly kind: 'scaledobject'; readonly object: ScaledObject };

/** The one patch by which a lever moves from one value to another, under the remediation's own field manager. */
export function leverMove(hand: LeverHand, { from, to }: { from: number; to: number }): LeverMove {
  const { target, uid, lever, remediationId } = hand;
  const onWorkload = lever.kind === 'replicas';
  const field = FIELD[lever.kind];
  return {
    path: onWorkload ? `${workloadPath(target)}/scale` : moverPath(target, lever),
    patch: [
      ...(onWorkload ? [{ op: 'test', path: '/metadata/uid', value: uid } as const] : []),
      // A zero may be left out of the API's JSON: what is tested then is that nothing is there.
      ...(onWorkload && from === 0
        ? [{ op: 'test', path: '/spec', value: {} } as const]
        : [{ op: 'test', path: `/spec/${field}`, value: isUnsaid(lever, from) ? null : from } as const]),
      isUnsaid(lever, to) ? { op: 'remove', path: `/spec/${field}` } : { op: 'add', path: `/spec/${field}`, value: to },
    ],
    query: { fieldManager: fieldManager(remediationId), fieldValidation: 'Strict' },
  };
}

/** Whether the value is that of a ScaledObject which did not say it when it was found. */
function isUnsaid(lever: ScaleLever, value: number): boolean {
  return lever.kind === 'scaledobject' && lever.isUnsaid === true && value === UNSAID.scaledobject;
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
  const [workload, mover] = await Promise.all([
    kubernetes.get<Workload>(workloadPath(target)),
    readMover(kubernetes, { target, lever }),
  ]);
  if (workload.metadata?.uid !== uid) {
    throw new MendloopError('TargetReplaced', `${nameTarget(target)} was created anew`);
  }
  return leverOf(workload, mover);
}

/**
 * The same of what owns the replica count, whatever has become of the workload: an autoscaler outlives it, with the minimum
 * that was set. Undefined: the lever was the workload's own.
 *
 * @throws MendloopError `TargetNotFound`.
 */
export async function readOutlivingLever(
  kubernetes: KubernetesClient,
  hand: Pick<LeverHand, 'target' | 'lever'>,
): Promise<LeverReading | undefined> {
  const mover = await readMover(kubernetes, hand);
  return mover && leverOf({}, mover);
}

async function readMover(
  kubernetes: KubernetesClient,
  { target, lever }: Pick<LeverHand, 'target' | 'lever'>,
): Promise<Mover | undefined> {
  if (lever.kind === 'replicas') return undefined;
  const { kind } = lever;
  const path = moverPath(target, lever);
  return kind === 'autoscaler'
    ? { kind, object: await kubernetes.get<Autoscaler>(path) }
    : { kind, object: await kubernetes.get<ScaledObject>(path) };
}

function moverPath({ namespace }: Target, { kind, name }: Exclude<ScaleLever, { kind: 'replicas' }>): string {
  return kind === 'autoscaler' ? autoscalerPath({ namespace, name }) : scaledObjectPath({ namespace, name });
}

/** The lever of a workload: that of what owns its replica count, if something does. */
export function leverOf({ metadata, spec }: Workload, mover: Mover | undefined): LeverReading {
  const own = spec?.replicas ?? 1;
  const replicas = { value: own, owners: fieldOwners(metadata?.managedFields, FIELD.replicas) };
  if (mover === undefined) {
    const managedFields = metadata?.managedFields ?? [];
    return { value: own, owners: replicas.owners, managedFields, replicas };
  }
  const managedFields = mover.object.metadata?.managedFields ?? [];
  return { value: minimumOf(mover), owners: fieldOwners(managedFields, FIELD[mover.kind]), managedFields, replicas };
}

function minimumOf(mover: Mover): number {
  const said = mover.kind === 'autoscaler' ? mover.object.spec.minReplicas : mover.object.spec?.minReplicaCount;
  return said ?? UNSAID[mover.kind];
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
