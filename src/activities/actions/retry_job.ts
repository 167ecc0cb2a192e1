import { diffObjects } from '../../clients/kubernetes/diff-objects.ts';
import { copyOf, retriesOf } from '../../clients/kubernetes/copy-job.ts';
import { createJob, endJob, endOf, isOwn, type Job, type OwnJob, readJob } from '../../clients/kubernetes/job.ts';
import { inspectObject, untilObject } from '../../clients/kubernetes/inspect-object.ts';
import { kindPath, objectPath } from '../../clients/kubernetes/kinds.ts';
import type { KubernetesClient } from '../../clients/kubernetes/kubernetes-client.ts';
import type { PlannedChange } from '../../domain/actions/contract.ts';
import type { EffectResult } from '../../domain/actions/effects.ts';
import { copyName } from '../../domain/actions/retry_job/copy-name.ts';
import {
  IDEMPOTENT,
  retryJobChangeSchema,
  type RetryJobParameters,
  type RetryJobSeen,
} from '../../domain/actions/retry_job/retry-job.ts';
import { defined } from '../../domain/defined.ts';
import { MendloopError } from '../../domain/failures.ts';
import { nameTarget } from '../../domain/target/name-target.ts';
import type { Target } from '../../domain/target/target.ts';
import type { ActionEffects } from './contract.ts';

/** Names the remediation of what is never stored. */
const DRY_RUN = 'dry/run';

/** Runs a failed Job again as a copy under a name that follows from it; deletes the copy if it has not finished. */
export function createRetryJobEffects({
  kubernetes,
}: {
  readonly kubernetes: KubernetesClient;
}): ActionEffects<RetryJobParameters, RetryJobSeen> {
  /** @throws MendloopError `TargetReplaced` if the failed Job is another one by now. */
  async function failedJob({ target, uid }: PlannedChange): Promise<Job> {
    const job = await kubernetes.get<Job>(objectPath(target));
    if (job.metadata?.uid === uid) return job;
    throw new MendloopError('TargetReplaced', `${nameTarget(target)} was created anew`);
  }

  async function bodyOf(planned: PlannedChange, remediationId: string): Promise<object> {
    const { copy, retries } = retryJobChangeSchema.parse(planned.change);
    return copyOf(await failedJob(planned), { name: copy, retries, remediationId });
  }

  return {
    inspect: async ({ target }) => {
      if (target.cluster !== kubernetes.cluster) {
        throw new MendloopError('TargetUnsupported', `cluster ${target.cluster} is not ${kubernetes.cluster}`);
      }
      const { object, base } = await inspectObject<Job>(kubernetes, target);
      const end = endOf(object);
      const retries = retriesOf(object);
      const name = copyName({ name: target.name, uid: base.uid, retries: retries + 1 });
      return defined({
        ...base,
        failed: end?.status === 'failed' ? end.text : undefined,
        isIdempotent: object.metadata?.annotations?.[IDEMPOTENT] === 'true',
        hasManualSelector: object.spec?.manualSelector === true,
        retries,
        isCopied: (await readJob(kubernetes, { target: { ...target, name } })) !== undefined,
      });
    },

    preview: async (planned) => {
      const body = await bodyOf(planned, DRY_RUN);
      await kubernetes.create(kindPath(planned.target), body, { dryRun: 'All' });
      const next = shown(body);
      return { diff: diffObjects({ kind: next.kind, metadata: next.metadata }, next) };
    },

    start: async ({ remediationId, planned }) => {
      const own = ownOf(planned, remediationId);
      const created = await createJob(kubernetes, own, () => bodyOf(planned, remediationId));
      return effectOf(own.target, created);
    },

    done: async ({ remediationId, planned }) => {
      const own = ownOf(planned, remediationId);
      const job = await readJob(kubernetes, own);
      return job !== undefined && isOwn(job, own) ? effectOf(own.target, true) : undefined;
    },

    observe: async ({ planned, deadlineAt }, signal) => {
      const { target } = ownOf(planned, '');
      const name = nameTarget(target);
      const uid = (await kubernetes.get<Job>(objectPath(target))).metadata?.uid ?? '';
      const judge = (object: object) => {
        const end = endOf(object);
        if (end?.status === 'failed') throw new MendloopError('EffectFailed', `${name} failed as well: ${end.text}`);
        return end === undefined ? { missing: 'it has not finished' } : { found: end.text };
      };
      await untilObject(kubernetes, { target, uid, deadlineAt, judge }, signal);
      return { text: `${name} is complete`, readings: [{ name: 'Job', text: `${target.name} complete` }] };
    },

    undo: async ({ remediationId, planned }) => {
      const own = ownOf(planned, remediationId);
      const name = nameTarget(own.target);
      switch (await endJob(kubernetes, own)) {
        case 'ended':
          return { status: 'restored', text: `Ended ${name}` };
        case 'finished':
          return { status: 'nothing_to_undo', text: `${name} has finished: what it did stays, and so does it` };
        case 'others':
          return { status: 'nothing_to_undo', text: `${name} is another hand's` };
        case 'missing':
          return { status: 'nothing_to_undo', text: `${name} is not there` };
      }
    },

    stands: async ({ remediationId, planned, result }) => {
      const own = ownOf(planned, remediationId);
      const name = nameTarget(own.target);
      try {
        await failedJob(planned);
      } catch (error) {
        if (error instanceof MendloopError && error.type === 'TargetReplaced')
          return { status: 'gone', text: error.message };
        // Who clears up what has failed does not take away what runs in its place.
        if (!(error instanceof MendloopError && error.type === 'TargetNotFound')) throw error;
      }
      const job = await readJob(kubernetes, own);
      if (job !== undefined && (isOwn(job, own) || !result.changed)) return { status: 'stands' };
      const found = job === undefined ? 'missing' : 'of another hand';
      const text = `${name} is ${found}`;
      return { status: 'moved', text, expected: 'there', found, by: 'an unknown hand' };
    },

    /** What is marked is the copy, which stays marked for people. */
    release: () => Promise.resolve(),
  };
}

function ownOf({ target, uid, change }: PlannedChange, remediationId: string): OwnJob {
  const { copy } = retryJobChangeSchema.parse(change);
  return { remediationId, target: { ...target, name: copy }, about: { target, uid } };
}

function effectOf(target: Target, changed: boolean): EffectResult {
  const name = nameTarget(target);
  return { changed, text: changed ? `Created ${name}` : `${name} is there already, by another hand`, handle: {} };
}

/** Without what its environment may hold. */
function shown(body: object) {
  const { kind, metadata, spec } = body as Job;
  const containers = (spec?.template.spec?.containers ?? []).map(({ name, image }) => ({ name, image }));
  return { kind, metadata, spec: { containers } };
}
