import { diffObjects } from '../../clients/kubernetes/diff-objects.ts';
import { HELD_BY } from '../../clients/kubernetes/hold-target.ts';
import { inspectObject, untilObject } from '../../clients/kubernetes/inspect-object.ts';
import {
  createJob,
  type EndedJob,
  endJob,
  endOf,
  isOwn,
  type Job,
  type OwnJob,
  readJob,
} from '../../clients/kubernetes/job.ts';
import { kindPath, objectPath } from '../../clients/kubernetes/kinds.ts';
import type { KubernetesClient } from '../../clients/kubernetes/kubernetes-client.ts';
import { type JobLog, podsOfJob, readJobLog } from '../../clients/kubernetes/read-job-log.ts';
import { isGone } from '../../clients/kubernetes/restore-scale.ts';
import { inspectTemplate } from '../../clients/kubernetes/template-workload.ts';
import { type PlannedChange, Undo } from '../../domain/actions/contract.ts';
import type { EffectResult, UndoResult } from '../../domain/actions/effects.ts';
import {
  jobBody,
  type JobChange,
  jobChangeSchema,
  jobNameOf,
  type Part as JobPart,
} from '../../domain/actions/job/job-body.ts';
import { jobName, type JobParameters, type JobSeen, valuesOf } from '../../domain/actions/job/job.ts';
import type { SeenTarget } from '../../domain/actions/seen-target.ts';
import { Part } from '../../domain/authority/seen-object.ts';
import { defined } from '../../domain/defined.ts';
import { MendloopError } from '../../domain/failures.ts';
import { nameTarget } from '../../domain/target/name-target.ts';
import type { Target } from '../../domain/target/target.ts';
import type { ActionEffects, UndoRequest } from './contract.ts';

/** Names the remediation of what is never stored. */
const DRY_RUN = 'dry/run';

/** How long one attempt to undo waits for the undo's own Job; within what an activity that undoes may take. */
const UNDO_LOOK_MS = 15_000;

/** Characters of a failed script's log that go into the failure itself. */
const MAX_TOLD = 1000;

export interface JobEffectParts {
  readonly kubernetes: KubernetesClient;
  readonly jobServiceAccounts?: readonly string[];
}

/** Runs a script as a Job under a name that follows from what is run for what; a template's undo is a second Job. */
export function createJobEffects({
  kubernetes,
  jobServiceAccounts = [],
}: JobEffectParts): ActionEffects<JobParameters, JobSeen> {
  function refusalOf({ namespace }: Pick<Target, 'namespace'>, { serviceAccount }: JobChange['template']) {
    if (serviceAccount === undefined || jobServiceAccounts.includes(`${namespace}/${serviceAccount}`)) return undefined;
    return `targets.jobServiceAccounts does not have ${namespace}/${serviceAccount}`;
  }

  /** @throws MendloopError `TargetReplaced`, `TargetNotFound`. */
  async function requireTarget({ target, uid }: PlannedChange): Promise<void> {
    const { metadata } = await kubernetes.get<Job>(objectPath(target));
    if (metadata?.uid === uid) return;
    throw new MendloopError('TargetReplaced', `${nameTarget(target)} was created anew`);
  }

  async function create(own: Own): Promise<boolean> {
    const refused = refusalOf(own.target, own.change.template);
    if (refused !== undefined) throw new MendloopError('AccountNotAllowed', refused);
    return await createJob(kubernetes, own, () => Promise.resolve(bodyOf(own)));
  }

  /** The end of a Job; undefined while it runs. @throws MendloopError `EffectFailed` with the end of its log. */
  async function ended(job: Job, target: Target): Promise<JobLog | undefined> {
    const end = endOf(job);
    if (end === undefined) return undefined;
    const log = await readJobLog(kubernetes, target);
    if (end.status === 'complete') return log;
    const told = 'text' in log ? `its log ends: ${log.text.slice(-MAX_TOLD)}` : `its log: ${log.missing}`;
    throw new MendloopError('EffectFailed', `${nameTarget(target)} failed: ${end.text}; ${told}`);
  }

  /** Makes good what the Job did, by the template's own Job. @throws MendloopError, retryable while that runs. */
  async function makeGood(own: Own): Promise<UndoResult> {
    const name = nameTarget(own.target);
    if (!(await create(own))) {
      throw new MendloopError('EffectFailed', `${name} is another hand's, so that the undo cannot be run`);
    }
    const endsAt = Date.now() + UNDO_LOOK_MS;
    try {
      const uid = (await readJob(kubernetes, own))?.metadata?.uid ?? '';
      const judge = (object: object) => (endOf(object) === undefined ? { missing: 'runs' } : { found: object as Job });
      const job = await untilObject(
        kubernetes,
        { target: own.target, uid, deadlineAt: endsAt, judge },
        new AbortController().signal,
      );
      const log = await ended(job, own.target);
      return { status: 'restored', text: `Ran ${name}, which completed${logNote(log)}` };
    } catch (error) {
      if (!(error instanceof MendloopError && error.type === 'EffectTimedOut')) throw error;
      throw new MendloopError('KubernetesThrottled', `${name} has not finished; looking again`);
    }
  }

  /** Run again it finds what it did: the Job that it ended by an Event, the undo's own Job by its name. */
  async function undo(request: UndoRequest): Promise<UndoResult> {
    const { planned, result } = request;
    const own = ownOf(request, 'job');
    const name = nameTarget(own.target);
    const found = await endJob(kubernetes, own);
    if (found === 'others') return { status: 'nothing_to_undo', text: `${name} is another hand's` };
    const { undo: script } = own.change.template;
    const again = ownOf(request, 'undo');
    const hasRun = found !== 'missing' || result?.changed === true;
    if (script !== undefined && (hasRun || (await readJob(kubernetes, again)) !== undefined)) {
      await requireEnded(kubernetes, own);
      return await makeGood(again);
    }
    return { status: 'nothing_to_undo', text: stayText(found, name, planned) };
  }

  return {
    async inspect({ target, parameters }) {
      const seen = await lookAt(kubernetes, target);
      const { name, template, maxKept } = parameters;
      const run = { name, template, values: valuesOf(parameters), uid: seen.uid };
      const earlier = await earlierJobs(kubernetes, seen.target, (number) => jobName(run, number), maxKept);
      return { ...seen, ...earlier, ...defined({ accountRefused: refusalOf(seen.target, template) }) };
    },

    async preview(planned) {
      await requireTarget(planned);
      const own = ownOf({ remediationId: DRY_RUN, planned }, 'job');
      const body = bodyOf(own);
      await kubernetes.create(kindPath(own.target), body, { dryRun: 'All', fieldValidation: 'Strict' });
      const { kind, metadata, spec } = body;
      const now = { kind, metadata: { namespace: own.target.namespace, name: metadata.name } };
      const next = { ...now, spec: { template: { spec: spec.template.spec } } };
      return { diff: diffObjects(now, next) };
    },

    async start({ remediationId, planned }) {
      const own = ownOf({ remediationId, planned }, 'job');
      const there = await readJob(kubernetes, own);
      if (there === undefined) await requireTarget(planned);
      return effectOf(own, await create(own));
    },

    async done({ remediationId, planned }) {
      const own = ownOf({ remediationId, planned }, 'job');
      const [job, undone] = await Promise.all([
        readJob(kubernetes, own),
        own.change.template.undo && readJob(kubernetes, ownOf({ remediationId, planned }, 'undo')),
      ]);
      return job !== undefined && undone === undefined && isOwn(job, own) ? effectOf(own, true) : undefined;
    },

    async observe({ remediationId, planned, deadlineAt }, signal) {
      const { target } = ownOf({ remediationId, planned }, 'job');
      const name = nameTarget(target);
      const uid = (await kubernetes.get<Job>(objectPath(target))).metadata?.uid ?? '';
      const judge = (object: object) =>
        endOf(object) === undefined ? { missing: 'it has not finished' } : { found: object as Job };
      const job = await untilObject(kubernetes, { target, uid, deadlineAt, judge }, signal);
      const log = await ended(job, target);
      return { text: `${name} is complete`, readings: [{ name: `log of ${name}`, text: logText(log) }] };
    },

    undo,

    async stands({ planned }) {
      try {
        await requireTarget(planned);
        return { status: 'stands' };
      } catch (error) {
        if (isGone(error))
          return { status: 'gone', text: `${nameTarget(planned.target)} is gone, or was created anew` };
        throw error;
      }
    },

    /** What it is about is not marked; the Job is, and stays so for people. */
    release: () => Promise.resolve(),
  };
}

interface Own extends OwnJob {
  readonly change: JobChange;
  readonly part: JobPart;
  readonly kind: string;
}

function ownOf(
  { remediationId, planned }: { readonly remediationId: string; readonly planned: PlannedChange },
  part: JobPart,
): Own {
  const { target, uid } = planned;
  const change = jobChangeSchema.parse(planned.change);
  return {
    ...{ remediationId, change, part, kind: target.kind },
    target: { ...target, kind: 'Job', name: jobNameOf(change, part) },
    about: { target, uid },
  };
}

function bodyOf({ remediationId, about: { target }, change, part }: Own) {
  return jobBody({ namespace: target.namespace, target, change, part, annotations: { [HELD_BY]: remediationId } });
}

function effectOf({ target }: Own, changed: boolean): EffectResult {
  const name = nameTarget(target);
  return { changed, text: changed ? `Created ${name}` : `${name} is there already, by another hand`, handle: {} };
}

async function lookAt(kubernetes: KubernetesClient, wanted: Target): Promise<SeenTarget> {
  if (wanted.cluster !== kubernetes.cluster) {
    throw new MendloopError('TargetUnsupported', `cluster ${wanted.cluster} is not ${kubernetes.cluster}`);
  }
  const found =
    wanted.kind === 'PersistentVolumeClaim'
      ? (await inspectObject(kubernetes, wanted)).base
      : await inspectTemplate(kubernetes, wanted).then(({ target, objects, heldBy, facts: { uid, labels } }) =>
          defined({ target, objects, heldBy, uid, labels }),
        );
  // A script changes what it changes, and not the object that it is about.
  return {
    ...found,
    objects: found.objects.map((one) => (one.part === Part.Moved ? { ...one, part: Part.Used } : one)),
  };
}

/** The Jobs of earlier runs stand under the first numbers: the first that is free is the next one's. */
async function earlierJobs(
  kubernetes: KubernetesClient,
  { cluster, namespace }: Target,
  nameOf: (number: number) => string,
  maxKept: number,
): Promise<Pick<JobSeen, 'kept' | 'running'>> {
  for (let kept = 0; kept <= maxKept; kept += 1) {
    const target = { cluster, namespace, kind: 'Job', name: nameOf(kept + 1) };
    const job = await readJob(kubernetes, { target });
    if (job === undefined) return { kept };
    if (endOf(job) === undefined) {
      const by = job.metadata?.annotations?.[HELD_BY] ?? 'an unknown hand';
      return { kept, running: { job: target.name, by } };
    }
  }
  return { kept: maxKept + 1 };
}

/** The script must not run any more while another makes good what it did. @throws MendloopError, retryable while it does. */
async function requireEnded(kubernetes: KubernetesClient, { target }: Own): Promise<void> {
  const pods = await podsOfJob(kubernetes, target);
  if (pods.every(({ status }) => status?.phase === 'Succeeded' || status?.phase === 'Failed')) return;
  throw new MendloopError('KubernetesThrottled', `a Pod of ${nameTarget(target)} is ending; looking again`);
}

function stayText(found: Exclude<EndedJob, 'others'>, name: string, { undo }: PlannedChange): string {
  switch (found) {
    case 'ended':
      return `Ended ${name} while it ran; what it had done by then stays, since its template has no undo`;
    case 'finished':
      return `${name} has finished; what it did stays, since its template has no undo`;
    case 'missing':
      return undo === Undo.Forward ? `${name} was never created` : `${name} is not there, and its template has no undo`;
  }
}

function logText(log: JobLog | undefined): string {
  if (log === undefined) return 'none';
  return 'text' in log ? log.text : `none: ${log.missing}`;
}

function logNote(log: JobLog | undefined): string {
  return log !== undefined && 'text' in log ? `; its log ends: ${log.text.slice(-MAX_TOLD)}` : '';
}
