import { z } from 'zod';
import { defined } from '../../defined.ts';
import { MendloopError } from '../../failures.ts';
import { nameTarget } from '../../target/name-target.ts';
import { type ActionDefinition, type PlannedChange, type PlanRequest, Scope, Undo } from '../contract.ts';
import { namespaced } from '../permission.ts';
import type { SeenTarget } from '../seen-target.ts';
import { copyName } from './copy-name.ts';

export const retryJobParametersSchema = z.strictObject({
  /** Copies that are made of one Job after another, at most. */
  maxRetries: z.number().int().min(1).max(10).default(1),
  /** Run again although the Job does not say, by its annotation `mendloop.dev/idempotent: "true"`, that it may be. */
  assumeIdempotent: z.boolean().default(false),
});
export type RetryJobParameters = z.infer<typeof retryJobParametersSchema>;

/** Annotation by which people say that running a Job twice does what running it once does. */
export const IDEMPOTENT = 'mendloop.dev/idempotent';

export interface RetryJobSeen extends SeenTarget {
  /** Why it has failed, as its controller says; absent: it has not. */
  readonly failed?: string;
  readonly isIdempotent: boolean;
  /** It names its Pods by itself: a copy would take them for its own. */
  readonly hasManualSelector: boolean;
  /** How often it is a copy of a copy already. */
  readonly retries: number;
  /** Its copy is there already. */
  readonly isCopied: boolean;
}

/** What the effects take, and the history keeps. */
export const retryJobChangeSchema = z.object({ copy: z.string(), retries: z.number().int() });

/** Runs a failed Job again, as a copy; the failed one is kept as evidence. */
export const retryJobAction: ActionDefinition<RetryJobParameters, RetryJobSeen> = {
  name: 'retry_job',
  version: 1,
  summary: 'runs a failed Job again as a copy of it; the failed one is kept as evidence',
  compensation: 'deletes the copy, if it has not finished; what it has done by then stays',
  parameters: retryJobParametersSchema,
  kinds: ['Job'],
  scope: Scope.Namespaced,
  undo: Undo.Exact,
  idempotence: "the copy's name, which is made of the failed Job's name and UID and of how often it was run again",
  permissions: [
    namespaced('batch', ['jobs'], ['get', 'create', 'delete']),
    namespaced('', ['events'], ['get', 'create']),
  ],
  danger:
    'Work is done twice: the Job, or the plan, has to say that it may be. The failed one stays as evidence, so that an alert on failed Jobs goes on until somebody deletes it.',
  proof: [{ kind: 'job_complete' }],
  leasable: false,
  describe: ({ maxRetries, assumeIdempotent }) =>
    `at most ${maxRetries} times${assumeIdempotent ? ', although it does not say that it may be run again' : ''}`,
  plan,
};

function plan({ parameters, seen }: PlanRequest<RetryJobParameters, RetryJobSeen>): PlannedChange {
  const { target, uid, labels, heldBy, failed, isCopied } = seen;
  judge(parameters, seen);
  const { cluster, namespace } = target;
  const retries = seen.retries + 1;
  const copy = copyName({ name: target.name, uid, retries });
  return defined({
    action: retryJobAction.name,
    version: retryJobAction.version,
    target,
    uid,
    change: { copy, retries },
    subject: { target: { cluster, namespace, kind: 'Job', name: copy } },
    isDone: isCopied,
    title: `run ${nameTarget(target)} again as ${copy}`,
    awaits: `${copy} to complete`,
    undo: Undo.Exact,
    manualUndo: isCopied ? undefined : `kubectl -n ${namespace} delete job ${copy}`,
    command: `kubectl -n ${namespace} get job ${target.name} -o json | jq 'del(.metadata, .status, .spec.selector, .spec.template.metadata.labels) | .metadata.name = "${copy}"' | kubectl -n ${namespace} create -f -`,
    locks: [],
    readings: [
      { name: 'Job', text: failed ?? 'not failed' },
      { name: 'run again before', text: String(seen.retries), value: seen.retries },
    ],
    heldBy,
    labels,
  });
}

/** @throws MendloopError `NotIndicated`, `TargetUnsupported`, `DisruptionUnsafe`, `LimitReached`. */
function judge({ maxRetries, assumeIdempotent }: RetryJobParameters, seen: RetryJobSeen): void {
  const name = nameTarget(seen.target);
  if (seen.failed === undefined) throw new MendloopError('NotIndicated', `${name} has not failed`);
  if (seen.hasManualSelector) {
    throw new MendloopError('TargetUnsupported', `${name} selects its Pods by itself: a copy would take them over`);
  }
  if (!seen.isIdempotent && !assumeIdempotent) {
    throw new MendloopError(
      'DisruptionUnsafe',
      `${name} does not say by its annotation ${IDEMPOTENT} that it may be run again`,
    );
  }
  if (seen.retries >= maxRetries) {
    throw new MendloopError(
      'LimitReached',
      `${name} was run again ${seen.retries} times, and the plan allows ${maxRetries}`,
    );
  }
}
