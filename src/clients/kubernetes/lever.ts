import type { ScaleChange } from '../../domain/actions/effects.ts';
import { MendloopError } from '../../domain/failures.ts';
import { fieldManager, fieldOwners, MANAGER_PREFIX } from '../../domain/actions/field-owners.ts';
import type { JsonPatch, KubernetesClient } from './kubernetes-client.ts';
import { isFailedPatch } from './kubernetes-failure.ts';
import { type Autoscaler, autoscalerPath, type Workload, workloadPath } from './workload.ts';

/** A lever as it stands: its value, and who the API server says set it. */
export interface LeverReading {
  readonly value: number;
  readonly owners: readonly string[];
}

/** A patch that moves the lever, and where it goes. */
export interface LeverMove {
  /** Of the object that is read and patched: a workload's `scale`, or an autoscaler. */
  readonly path: string;
  readonly patch: JsonPatch;
  readonly query: Readonly<Record<string, string>>;
}

/** The one patch by which a lever moves from one value to another, under the remediation's own field manager. */
export function leverMove(change: ScaleChange, { from, to }: { from: number; to: number }): LeverMove {
  const { target, uid, lever, remediationId } = change;
  const onWorkload = lever.kind === 'replicas';
  const field = onWorkload ? 'replicas' : 'minReplicas';
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
  change: ScaleChange,
  values: { from: number; to: number },
): Promise<void> {
  const { path, patch, query } = leverMove(change, values);
  try {
    await kubernetes.jsonPatch(path, patch, query);
  } catch (error) {
    throw leverFailure(error);
  }
}

/** A failed `test` means that somebody changed the target; any other refusal stays what it is, with its own words. */
export function leverFailure(error: unknown): unknown {
  return isFailedPatch(error) ? new MendloopError('TargetChanged', error.message) : error;
}

/**
 * Reads the lever and who set it.
 *
 * @throws MendloopError `TargetNotFound`; `TargetReplaced` if the workload of that name is another one.
 */
export async function readLever(kubernetes: KubernetesClient, change: ScaleChange): Promise<LeverReading> {
  const { target, uid, lever } = change;
  const [workload, autoscaler] = await Promise.all([
    kubernetes.get<Workload>(workloadPath(target)),
    lever.kind === 'autoscaler'
      ? kubernetes.get<Autoscaler>(autoscalerPath({ namespace: target.namespace, name: lever.name }))
      : undefined,
  ]);
  if (workload.metadata?.uid !== uid) {
    throw new MendloopError('TargetReplaced', `${target.kind} ${target.namespace}/${target.name} was created anew`);
  }
  return leverOf(workload, autoscaler);
}

/** The lever of a workload: the autoscaler's, if one owns it. */
export function leverOf({ metadata, spec }: Workload, autoscaler: Autoscaler | undefined): LeverReading {
  return autoscaler === undefined
    ? {
        value: spec?.replicas ?? 1,
        owners: fieldOwners(metadata?.managedFields, 'replicas'),
      }
    : {
        value: autoscaler.spec.minReplicas ?? 1,
        owners: fieldOwners(autoscaler.metadata?.managedFields, 'minReplicas'),
      };
}

/** Whether the value is this remediation's work and nobody else's: who applied the same value wants it, too. */
export function isOurs(
  { owners }: Pick<LeverReading, 'owners'>,
  { remediationId }: Pick<ScaleChange, 'remediationId'>,
): boolean {
  return owners.length === 1 && owners[0] === fieldManager(remediationId);
}

/** Whether another remediation set the value. */
export function isAnotherRemediations(reading: LeverReading, change: ScaleChange): boolean {
  return !isOurs(reading, change) && reading.owners.some((owner) => owner.startsWith(`${MANAGER_PREFIX}-`));
}

/** Those who set the value, for people. */
export function nameOwners({ owners }: LeverReading): string {
  return owners.join(', ') || 'somebody unknown';
}
