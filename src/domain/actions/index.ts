import type { ActionDefinition } from './contract.ts';
import { cordonAction } from './cordon/cordon.ts';
import { deletePodAction } from './delete_pod/delete-pod.ts';
import { drainAction } from './drain/drain.ts';
import { evictPodAction } from './evict_pod/evict-pod.ts';
import { jobAction } from './job/job.ts';
import { patchConfigMapAction } from './patch_configmap/patch-configmap.ts';
import { pauseRolloutAction } from './pause_rollout/pause-rollout.ts';
import { restartAction } from './restart/restart.ts';
import { rollbackReleaseAction } from './rollback_release/rollback-release.ts';
import { expandVolumeAction } from './expand_volume/expand-volume.ts';
import { raiseHpaMaxAction } from './raise_hpa_max/raise-hpa-max.ts';
import { raiseQuotaAction } from './raise_quota/raise-quota.ts';
import { relaxPdbAction } from './relax_pdb/relax-pdb.ts';
import { retryJobAction } from './retry_job/retry-job.ts';
import { scaleAction } from './scale/scale.ts';
import { setResourcesAction } from './set_resources/set-resources.ts';
import { suspendCronJobAction } from './suspend_cronjob/suspend-cronjob.ts';
import { taintAction } from './taint/taint.ts';
import { uncordonAction } from './uncordon/uncordon.ts';
import { untaintAction } from './untaint/untaint.ts';

const definitions = {
  scale: scaleAction,
  delete_pod: deletePodAction,
  evict_pod: evictPodAction,
  drain: drainAction,
  cordon: cordonAction,
  uncordon: uncordonAction,
  taint: taintAction,
  untaint: untaintAction,
  restart: restartAction,
  rollback_release: rollbackReleaseAction,
  set_resources: setResourcesAction,
  raise_hpa_max: raiseHpaMaxAction,
  relax_pdb: relaxPdbAction,
  raise_quota: raiseQuotaAction,
  suspend_cronjob: suspendCronJobAction,
  expand_volume: expandVolumeAction,
  retry_job: retryJobAction,
  patch_configmap: patchConfigMapAction,
  job: jobAction,
  pause_rollout: pauseRolloutAction,
};

/** The name of an action, which is also the name of the activity that does it. */
export type ActionName = keyof typeof definitions;

/** The catalogue: every folder beside this file, by the name that plans give it. */
export const ACTIONS: Readonly<Record<string, ActionDefinition>> = definitions;
