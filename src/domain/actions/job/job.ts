import { z } from 'zod';
import { canonicalJson, type JsonObject } from '../../audit/canonical-json.ts';
import { podRequests } from '../../cost/pod-requests.ts';
import { defined } from '../../defined.ts';
import { MendloopError } from '../../failures.ts';
import { nameTarget } from '../../target/name-target.ts';
import { shellWord } from '../../text/shell-word.ts';
import { requestsOf } from '../added-requests.ts';
import { type ActionDefinition, type PlannedChange, type PlanRequest, Scope, Undo } from '../contract.ts';
import { namespaced } from '../permission.ts';
import type { SeenTarget } from '../seen-target.ts';
import { shortDigest } from '../short-digest.ts';
import { TEMPLATE_KINDS } from '../template-facts.ts';
import { jobBody, type JobChange } from './job-body.ts';
import { faultOfValue, jobTemplateSchema, templateNameSchema } from './job-template.ts';

export const jobParametersSchema = z
  .strictObject({
    /** Name of the template. */
    name: templateNameSchema,
    /** As policy has it below `jobs`. */
    template: jobTemplateSchema,
    /** What an alert fills in: of parameters that the template declares, and as they are declared. */
    values: z.record(z.string(), z.string()).default({}),
    /** Jobs that may be kept of earlier runs for the same target with the same values; one more is refused. */
    maxKept: z.number().int().min(0).max(50).default(5),
  })
  .superRefine(({ template: { parameters }, values }, context) => {
    const refuse = (name: string, message: string) =>
      context.addIssue({ code: 'custom', path: ['values', name], message });
    for (const name of Object.keys(values)) {
      if (!Object.hasOwn(parameters, name)) refuse(name, 'is no parameter of the template');
    }
    for (const [name, parameter] of Object.entries(parameters)) {
      const value = Object.hasOwn(values, name) ? values[name] : parameter.default;
      const fault =
        value === undefined ? 'expected a value: the template has no default' : faultOfValue(value, parameter);
      if (fault !== undefined) refuse(name, fault);
    }
  });
export type JobParameters = z.infer<typeof jobParametersSchema>;

export interface JobSeen extends SeenTarget {
  /** Jobs of earlier runs that are kept. */
  readonly kept: number;
  /** One of them that has not finished. */
  readonly running?: { readonly job: string; readonly by: string };
  /** Why the settings do not allow the template's service account; absent: they do, or it names none. */
  readonly accountRefused?: string;
}

/** Runs a script of one's own as a Job. */
export const jobAction: ActionDefinition<JobParameters, JobSeen> = {
  name: 'job',
  version: 1,
  summary: "runs a script of one's own as a Job, from a template of policy, and keeps its log",
  compensation:
    "ends the Job while it runs; what it did is made good by the template's own undo, and stays where it has none",
  parameters: jobParametersSchema,
  kinds: [...TEMPLATE_KINDS, 'Pod', 'PersistentVolumeClaim'],
  scope: Scope.Namespaced,
  undo: Undo.Forward,
  idempotence:
    "the Job's name, which is made of the template, its values, the target's UID and of how many such Jobs are kept",
  permissions: [
    namespaced('batch', ['jobs'], ['get', 'create', 'delete']),
    namespaced('', ['pods/log'], ['get']),
    namespaced('', ['pods'], ['get', 'list']),
    // What it is about, and whose that is.
    namespaced('apps', ['deployments', 'statefulsets', 'daemonsets', 'replicasets'], ['get']),
    namespaced('', ['persistentvolumeclaims'], ['get']),
    namespaced('', ['events'], ['get', 'create']),
  ],
  danger:
    'A script may do anything that its service account may: it gets none, and no token, unless the template names one that the settings allow (`targets.jobServiceAccounts`). Who may create Jobs in a namespace may run as any of its service accounts and mount any of its Secrets: the chart’s admission policy takes that back from Mendloop’s account.',
  proof: [{ kind: 'job_complete' }],
  leasable: false,
  describe: ({ name, template: { image } }) => `${name} with ${image}`,
  plan,
};

function plan({ parameters, seen }: PlanRequest<JobParameters, JobSeen>): PlannedChange {
  const { target, uid, labels, heldBy, kept } = seen;
  judge(parameters, seen);
  const { name, template } = parameters;
  const { namespace } = target;
  const values = valuesOf(parameters);
  const change: JobChange = { job: jobName({ name, template, values, uid }, kept + 1), name, template, values };
  const body = (part: 'job' | 'undo') => createCommand({ namespace, target, change, part });
  const hasUndo = template.undo !== undefined;
  const filled = Object.entries(values).map(([key, value]) => `${key}=${value}`);
  return defined({
    action: jobAction.name,
    version: jobAction.version,
    target,
    uid,
    change: change as unknown as JsonObject,
    subject: { target: { ...target, kind: 'Job', name: change.job } },
    isDone: false,
    title: `run ${name}${filled.length === 0 ? '' : ` (${filled.join(', ')})`} for ${nameTarget(target)}`,
    awaits: `Job ${change.job} to complete`,
    undo: hasUndo ? Undo.Forward : Undo.None,
    goesOn: true,
    manualUndo: hasUndo ? body('undo') : undefined,
    command: body('job'),
    locks: [],
    adds: {
      ...requestsOf(1, podRequests({ containers: [{ resources: withoutAbsent(template.resources) }] })),
      text: `1 more Pod for ${template.deadlineSeconds} s at most`,
    },
    readings: [
      { name: 'image', text: template.image },
      { name: 'service account', text: template.serviceAccount ?? 'none' },
      { name: 'undo', text: hasUndo ? "the template's own Job" : 'none: what it does stays' },
      { name: 'kept of earlier runs', text: String(kept), value: kept },
    ],
    heldBy,
    labels,
  });
}

/** @throws MendloopError `AccountNotAllowed`, `TargetHeld`, `LimitReached`. */
function judge({ name, maxKept }: JobParameters, { target, kept, running, accountRefused }: JobSeen): void {
  if (accountRefused !== undefined) throw new MendloopError('AccountNotAllowed', accountRefused);
  const what = `${name} for ${nameTarget(target)}`;
  if (running !== undefined) {
    throw new MendloopError('TargetHeld', `Job ${running.job} runs ${what} already, by ${running.by}`);
  }
  if (kept > maxKept) {
    throw new MendloopError('LimitReached', `${kept} Jobs of ${what} are kept, and the plan allows ${maxKept}`);
  }
}

/** With the defaults of the template. */
export function valuesOf({ template, values }: Pick<JobParameters, 'template' | 'values'>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(template.parameters).map(([name, { default: fallback = '' }]) => [
      name,
      Object.hasOwn(values, name) ? (values[name] ?? fallback) : fallback,
    ]),
  );
}

/** The same for the same run, however often it is asked: an attempt whose answer was lost finds its own. */
export function jobName(
  { uid, ...run }: Pick<JobChange, 'name' | 'template' | 'values'> & { readonly uid: string },
  number: number,
): string {
  const digest = shortDigest(canonicalJson({ uid, ...run } as unknown as JsonObject));
  return `mendloop-${run.name}-${digest}-${number}`;
}

function withoutAbsent({ requests, limits }: JobParameters['template']['resources']) {
  const given = (of: { readonly cpu?: string | undefined; readonly memory?: string | undefined }) =>
    defined({ cpu: of.cpu, memory: of.memory }) as Record<string, string>;
  return { requests: given(requests), limits: given(limits) };
}

function createCommand({ namespace, target, change, part }: Parameters<typeof jobBody>[0]): string {
  const body = JSON.stringify(jobBody({ namespace, target: { kind: target.kind, name: target.name }, change, part }));
  return `echo ${shellWord(body)} | kubectl -n ${namespace} create -f -`;
}
