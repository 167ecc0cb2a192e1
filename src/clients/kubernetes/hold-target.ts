import type { ScaleChange } from '../../domain/actions/effects.ts';
import { MendloopError } from '../../domain/failures.ts';
import { MANAGER_PREFIX } from '../../domain/actions/field-owners.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { isFailedPatch } from './kubernetes-failure.ts';
import { HOLD, workloadPath } from './workload.ts';

/** The marks are Mendloop's as a whole: no remediation undoes another's. */
const query = { fieldManager: MANAGER_PREFIX };

/** Marks the target as held, for people and for other tools. The same marks again change nothing. */
export async function holdTarget(kubernetes: KubernetesClient, change: ScaleChange): Promise<void> {
  // A later step does not know better than the first where the target stood: it moves on from what was set since.
  const { target, remediationId, from, to, baseline = from } = change;
  const annotations = {
    [HOLD.remediation]: remediationId,
    [HOLD.baseline]: String(baseline),
    [HOLD.intended]: String(to),
  };
  await kubernetes.mergePatch(workloadPath(target), { metadata: { annotations } }, query);
}

/** Takes the marks off if they are this remediation's; whatever else is there stays. */
export async function releaseTarget(
  kubernetes: KubernetesClient,
  { target, uid, remediationId }: Pick<ScaleChange, 'target' | 'uid' | 'remediationId'>,
): Promise<void> {
  const path = (key: string) => `/metadata/annotations/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  try {
    await kubernetes.jsonPatch(
      workloadPath(target),
      [
        { op: 'test', path: '/metadata/uid', value: uid },
        { op: 'test', path: path(HOLD.remediation), value: remediationId },
        ...Object.values(HOLD).map((key) => ({ op: 'remove', path: path(key) }) as const),
      ],
      query,
    );
  } catch (error) {
    // Not there, not ours any more, or another object: nothing to take off.
    const nothing = isFailedPatch(error) || (error instanceof MendloopError && error.type === 'TargetNotFound');
    if (!nothing) throw error;
  }
}
