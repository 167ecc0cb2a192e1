import { z } from 'zod';
import { defined } from '../../defined.ts';
import { jobTemplateSchema, OWN_ENV_PREFIX } from './job-template.ts';

/** What the effects take, and the history keeps. */
export const jobChangeSchema = z.object({
  /** Name of the Job in the target's namespace. */
  job: z.string(),
  /** Name of the template in policy. */
  name: z.string(),
  template: jobTemplateSchema,
  values: z.record(z.string(), z.string()),
});
export type JobChange = z.infer<typeof jobChangeSchema>;

/** The main script, or the one that makes good what it did. */
export type Part = 'job' | 'undo';

/** Labels of the Job and of its Pods: the admission policy of the chart knows a template's Job by the first. */
const TEMPLATE_LABEL = 'mendloop.dev/template';
const PART_LABEL = 'mendloop.dev/part';

export interface JobOf {
  readonly namespace: string;
  /** What it is about, as resolved. */
  readonly target: { readonly kind: string; readonly name: string };
  readonly change: JobChange;
  readonly part: Part;
  readonly annotations?: Readonly<Record<string, string>>;
}

export function jobNameOf({ job }: Pick<JobChange, 'job'>, part: Part): string {
  return part === 'job' ? job : `${job}-undo`;
}

/**
 * The Job as it is created: one Pod, no volumes, no privileges, and no token of the API server unless the template names
 * a service account. Values are environment variables, which Kubernetes puts into command and arguments.
 */
export function jobBody({ namespace, target, change, part, annotations }: JobOf) {
  const { name, template, values } = change;
  const { resources, deadlineSeconds, retries, keepSeconds, serviceAccount, runAsUser, undo } = template;
  const script =
    part === 'undo'
      ? { ...defined({ ...undo, image: undo?.image ?? template.image }), env: { ...template.env, ...undo?.env } }
      : template;
  const labels = {
    'app.kubernetes.io/managed-by': 'mendloop',
    [TEMPLATE_LABEL]: name,
    [PART_LABEL]: part,
  };
  const env = {
    [`${OWN_ENV_PREFIX}NAMESPACE`]: namespace,
    [`${OWN_ENV_PREFIX}KIND`]: target.kind,
    [`${OWN_ENV_PREFIX}NAME`]: target.name,
    ...Object.fromEntries(Object.entries(values).map(([key, value]) => [key, literal(value)])),
    ...script.env,
  };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: defined({ name: jobNameOf(change, part), namespace, labels, annotations }),
    spec: {
      backoffLimit: retries,
      activeDeadlineSeconds: deadlineSeconds,
      ttlSecondsAfterFinished: keepSeconds,
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: 'Never',
          automountServiceAccountToken: serviceAccount !== undefined,
          enableServiceLinks: false,
          ...defined({ serviceAccountName: serviceAccount }),
          securityContext: {
            runAsNonRoot: true,
            seccompProfile: { type: 'RuntimeDefault' },
            ...defined({ runAsUser }),
          },
          containers: [
            {
              name: 'script',
              image: script.image,
              ...defined({ command: script.command, args: script.args }),
              env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
              resources,
              securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
            },
          ],
        },
      },
    },
  };
}

/** An alert's `$(NAME)` is a text, and not what another variable holds. */
function literal(value: string): string {
  return value.replaceAll('$', '$$$$');
}
