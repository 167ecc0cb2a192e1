import type { KubernetesClient } from '../../clients/kubernetes/kubernetes-client.ts';
import type { ListedPods } from '../../clients/kubernetes/listed-pods.ts';
import type { ActionName } from '../../domain/actions/index.ts';
import type { Protection } from '../authorize.ts';
import type { ActionEffects } from './contract.ts';
import { createCordonEffects } from './cordon.ts';
import { createDeletePodEffects } from './delete_pod.ts';
import { createDrainEffects } from './drain.ts';
import { createEvictPodEffects } from './evict_pod.ts';
import { createPatchConfigMapEffects } from './patch_configmap.ts';
import { createPauseRolloutEffects } from './pause_rollout.ts';
import { createJobEffects } from './job.ts';
import { createRestartEffects } from './restart.ts';
import { createRollbackReleaseEffects } from './rollback_release.ts';
import { createExpandVolumeEffects } from './expand_volume.ts';
import { createRaiseHpaMaxEffects } from './raise_hpa_max.ts';
import { createRaiseQuotaEffects } from './raise_quota.ts';
import { createRelaxPdbEffects } from './relax_pdb.ts';
import { createRetryJobEffects } from './retry_job.ts';
import { createScaleEffects } from './scale.ts';
import { createSetResourcesEffects } from './set_resources.ts';
import { createSuspendCronJobEffects } from './suspend_cronjob.ts';
import { createTaintEffects } from './taint.ts';
import { createUncordonEffects } from './uncordon.ts';
import { createUntaintEffects } from './untaint.ts';

/** The effects half of every action of the catalogue, by its name. */
export type ActionEffectsByName = Readonly<Record<ActionName, ActionEffects>>;

export interface ActionEffectParts {
  readonly kubernetes: KubernetesClient;
  /** Pods that another question may have listed just now; absent: none has. */
  readonly listedPods?: ListedPods | undefined;
  /** Of what an action meets on its way; absent: it is only planned, and nothing is done. */
  readonly protection?: Protection;
  /** Service accounts that Jobs of policy's may run as, as `namespace/name`; absent: none. */
  readonly jobServiceAccounts?: readonly string[];
}

export function createActionEffects(parts: ActionEffectParts): ActionEffectsByName {
  return {
    scale: createScaleEffects(parts),
    delete_pod: createDeletePodEffects(parts),
    evict_pod: createEvictPodEffects(parts),
    drain: createDrainEffects(parts),
    cordon: createCordonEffects(parts),
    uncordon: createUncordonEffects(parts),
    taint: createTaintEffects(parts),
    untaint: createUntaintEffects(parts),
    restart: createRestartEffects(parts),
    rollback_release: createRollbackReleaseEffects(parts),
    set_resources: createSetResourcesEffects(parts),
    raise_hpa_max: createRaiseHpaMaxEffects(parts),
    relax_pdb: createRelaxPdbEffects(parts),
    raise_quota: createRaiseQuotaEffects(parts),
    suspend_cronjob: createSuspendCronJobEffects(parts),
    expand_volume: createExpandVolumeEffects(parts),
    retry_job: createRetryJobEffects(parts),
    patch_configmap: createPatchConfigMapEffects(parts),
    job: createJobEffects(parts),
    pause_rollout: createPauseRolloutEffects(parts),
  };
}
