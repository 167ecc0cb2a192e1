import type { V1Job } from '@kubernetes/client-node';
import { type FailureType, MendloopError } from '../../domain/failures.ts';
import { nameTarget } from '../../domain/target/name-target.ts';
import type { Target } from '../../domain/target/target.ts';
import { HELD_BY } from './hold-target.ts';
import { hasIntent, type Intent, writeIntent } from './intent-event.ts';
import { kindPath, objectPath } from './kinds.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { unlessGone } from './pod-workload.ts';

export type Job = V1Job;

/** How a Job has ended, with its controller's words; undefined: it has not. */
export function endOf({ status }: Job): { readonly status: 'complete' | 'failed'; readonly text: string } | undefined {
  for (const { type, status: is, reason, message } of status?.conditions ?? []) {
    if (is !== 'True' || (type !== 'Complete' && type !== 'Failed')) continue;
    const text = [reason, message].filter((part) => part !== undefined && part !== '').join(': ');
    return { status: type === 'Complete' ? 'complete' : 'failed', text: text === '' ? type : text };
  }
  return undefined;
}

/** A Job that a remediation makes. */
export interface OwnJob {
  readonly remediationId: string;
  readonly target: Target;
  /** Of the object that it is made for: intents are written there. */
  readonly about: Pick<Intent, 'target' | 'uid'>;
}

/**
 * Creates the Job, once, by its name. False: another hand's is there under that name.
 *
 * @throws MendloopError of the API server's.
 */
export async function createJob(
  kubernetes: KubernetesClient,
  own: OwnJob,
  body: () => Promise<object>,
): Promise<boolean> {
  const there = await readJob(kubernetes, own);
  if (there !== undefined) return isOwn(there, own);
  try {
    await kubernetes.create(kindPath(own.target), await body());
    return true;
  } catch (error) {
    const isThere = error instanceof MendloopError && error.type === 'TargetChanged'; // 409.
    const other = isThere ? await readJob(kubernetes, own) : undefined;
    if (other === undefined) throw error;
    return isOwn(other, own);
  }
}

export function isOwn({ metadata }: Job, { remediationId }: Pick<OwnJob, 'remediationId'>): boolean {
  return metadata?.annotations?.[HELD_BY] === remediationId;
}

export function readJob(kubernetes: KubernetesClient, { target }: Pick<OwnJob, 'target'>): Promise<Job | undefined> {
  return unlessGone(kubernetes.get<Job>(objectPath(target)));
}

/** The status of a Job that has just begun changes a few times within moments. */
const MAX_LOOKS = 5;

const CHANGED_MEANWHILE: readonly FailureType[] = ['TargetChanged', 'TargetNotFound'];

/** What was found of a Job that was to be ended. */
export type EndedJob = 'ended' | 'finished' | 'others' | 'missing';

/**
 * Ends the Job if it is this remediation's and has not finished: deletes it with its Pods. Run again it finds what it did.
 *
 * @throws MendloopError `KubernetesThrottled` if it changes at every look, and as the API server fails.
 */
export async function endJob(kubernetes: KubernetesClient, own: OwnJob): Promise<EndedJob> {
  const intent = endingOf(own);
  for (let look = 0; look < MAX_LOOKS; look += 1) {
    const job = await readJob(kubernetes, own);
    if (job === undefined || job.metadata?.deletionTimestamp !== undefined) {
      return (await hasIntent(kubernetes, intent)) ? 'ended' : 'missing';
    }
    if (!isOwn(job, own)) return 'others';
    if (endOf(job) !== undefined) return 'finished';
    await writeIntent(kubernetes, intent);
    try {
      await kubernetes.remove(objectPath(own.target), {
        ...{ apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background' },
        preconditions: { uid: job.metadata?.uid, resourceVersion: job.metadata?.resourceVersion },
      });
      return 'ended';
    } catch (error) {
      if (!(error instanceof MendloopError) || !CHANGED_MEANWHILE.includes(error.type)) throw error;
    }
  }
  throw new MendloopError('KubernetesThrottled', `${nameTarget(own.target)} is changing; trying again`);
}

function endingOf({ remediationId, target, about }: OwnJob): Intent {
  return {
    ...{ ...about, remediationId, reason: 'MendloopEndingJob' },
    message: `${nameTarget(target)} is to be ended by ${remediationId}`,
  };
}
