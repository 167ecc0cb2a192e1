import { RE2JS } from 're2js';
import { z } from 'zod';
import { parseQuantity } from '../../cost/quantity.ts';
import { isSecretKey } from '../../text/redact.ts';

/** What begins with it is given to every Job by Mendloop itself. */
export const OWN_ENV_PREFIX = 'MENDLOOP_';

/** What a value of a parameter looks like where the template does not say: a name of Kubernetes, and never an option. */
const NAME_PATTERN = '[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?';

const MAX_VALUE = 253;

/** Of the template: its name is a part of the Job's, which has 63 characters. */
export const templateNameSchema = z
  .string()
  .max(30)
  .regex(/^[a-z]([-a-z0-9]*[a-z0-9])?$/, 'must be a name of small letters, digits and hyphens');

const envName = z
  .string()
  .max(100)
  .regex(/^[A-Z_][A-Z0-9_]*$/, 'must be the name of an environment variable, in capitals');

const text = z.string().max(8192);

const quantity = z
  .string()
  .min(1)
  .max(32)
  .refine((given) => parseQuantity(given) > 0, 'must be a quantity of Kubernetes above zero');

const quantities = z.strictObject({ cpu: quantity.optional(), memory: quantity.optional() });

/** What an alert may fill in: a value that fits, or none. */
const jobParameterSchema = z
  .strictObject({
    description: z.string().min(1).max(500).optional(),
    /** RE2, of the whole value. */
    pattern: z
      .string()
      .min(1)
      .max(500)
      .refine(isExpression, 'must be a regular expression of RE2')
      .default(NAME_PATTERN),
    /** The only values that fit. */
    oneOf: z.array(z.string().min(1).max(MAX_VALUE)).min(1).max(50).optional(),
    maxLength: z.number().int().min(1).max(4096).default(MAX_VALUE),
    /** What holds where nothing is filled in; absent: then there is no plan. */
    default: z.string().max(4096).optional(),
  })
  .superRefine((parameter, context) => {
    const { default: fallback } = parameter;
    const fault = fallback === undefined ? undefined : faultOfValue(fallback, parameter);
    if (fault !== undefined) context.addIssue({ code: 'custom', path: ['default'], message: fault });
  });
export type JobParameter = z.infer<typeof jobParameterSchema>;

const scriptShape = {
  /** With a tag that is not `latest`, or a digest. */
  image: z
    .string()
    .min(1)
    .max(512)
    .regex(/^[A-Za-z0-9][\w./:@-]*$/, 'must be the name of an image')
    .refine(isPinned, 'must name a tag other than latest, or a digest'),
  /** `$(NAME)` is the environment variable of that name; nothing is pasted. Absent: the image's own. */
  command: z.array(text).min(1).max(100).optional(),
  args: z.array(text).max(100).optional(),
  /** Never a secret: policy is read by many, and is in the history. */
  env: z.record(envName, text).default({}),
};

/** What is run to make good what the Job did. Who writes it says that nothing is left then. */
const undoSchema = z.strictObject({
  ...scriptShape,
  /** Absent: that of the Job. */
  image: scriptShape.image.optional(),
  env: z.record(envName, text).optional(),
});

/** A Job as policy has it. What it does not say, as volumes and privileges, a Job of Mendloop does not have. */
export const jobTemplateSchema = z
  .strictObject({
    description: z.string().min(1).max(500).optional(),
    ...scriptShape,
    /** Of the target's namespace, and one that the settings allow (`targets.jobServiceAccounts`); absent: none. */
    serviceAccount: z
      .string()
      .max(253)
      .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'must be the name of a service account')
      .optional(),
    /** The user that it runs as, never root; absent: that of the image, which must not be root either. */
    runAsUser: z.number().int().min(1).max(2_147_483_647).optional(),
    resources: z.strictObject({ requests: quantities.default({}), limits: quantities.default({}) }).prefault({}),
    /** Seconds after which Kubernetes ends it as failed. */
    deadlineSeconds: z.number().int().min(1).max(86_400),
    /** How often a Pod of it that failed is followed by another. */
    retries: z.number().int().min(0).max(10).default(0),
    /** Seconds after its end until Kubernetes removes it with its Pods and their logs. */
    keepSeconds: z.number().int().min(3600).max(2_592_000).default(86_400),
    parameters: z.record(envName, jobParameterSchema).default({}),
    undo: undoSchema.optional(),
  })
  .superRefine((template, context) => {
    for (const { path, message } of faultsOf(template)) context.addIssue({ code: 'custom', path, message });
  });
export type JobTemplate = z.infer<typeof jobTemplateSchema>;

type Template = Omit<JobTemplate, 'resources'>;

/** Why a value does not fit a parameter; undefined: it does. The value is not repeated. */
export function faultOfValue(value: string, { pattern, oneOf, maxLength }: JobParameter): string | undefined {
  if (oneOf !== undefined && !oneOf.includes(value)) return `expected one of ${oneOf.join(', ')}`;
  if (value.length > maxLength) return `expected ${maxLength} characters at most`;
  return oneOf !== undefined || RE2JS.matches(pattern, value) ? undefined : `expected what ${pattern} matches`;
}

type Script = Partial<Pick<Template, 'command' | 'args'>>;

interface Fault {
  readonly path: string[];
  readonly message: string;
}

function faultsOf({ env, parameters, undo, ...script }: Template): Fault[] {
  const known = [...Object.keys(env), ...Object.keys(parameters)];
  const unknown = (place: string[], { command = [], args = [] }: Script, more: string[]) =>
    [...referencesOf([...command, ...args])]
      .filter((name) => !name.startsWith(OWN_ENV_PREFIX) && ![...known, ...more].includes(name))
      .map((name) => ({ path: place, message: `names $(${name}), which neither env nor parameters have` }));
  const undoEnv = Object.keys(undo?.env ?? {});
  return [
    ...[...known, ...undoEnv]
      .filter((name) => name.startsWith(OWN_ENV_PREFIX))
      .map((name) => ({
        path: ['env'],
        message: `must not have ${name}: what begins with ${OWN_ENV_PREFIX} is given by Mendloop`,
      })),
    ...[...Object.keys(env), ...undoEnv].filter(isSecretKey).map((name) => ({
      path: ['env', name],
      message: 'must not be in policy: a secret belongs where only the script itself can read it',
    })),
    ...Object.keys(env)
      .filter((name) => Object.hasOwn(parameters, name))
      .map((name) => ({ path: ['parameters', name], message: 'is in env as well' })),
    ...unknown([], script, []),
    ...(undo === undefined ? [] : unknown(['undo'], undo, undoEnv)),
  ];
}

/** Names in `$(NAME)`; `$$(NAME)` stands for itself. Source: Kubernetes, `third_party/forked/golang/expansion`. */
function referencesOf(texts: readonly string[]): Set<string> {
  const found = texts.flatMap((one) => [...one.matchAll(/\$\$|\$\(([^)]*)\)/g)].flatMap(([, name]) => name ?? []));
  return new Set(found);
}

function isExpression(pattern: string): boolean {
  try {
    RE2JS.compile(pattern);
    return true;
  } catch {
    return false;
  }
}

/** `registry.example.com:5000/tool` has a port, and no tag. */
function isPinned(image: string): boolean {
  if (/@sha256:[0-9a-f]{64}$/.test(image)) return true;
  const [, tag] = /:([\w.-]+)$/.exec(image.slice(image.lastIndexOf('/') + 1)) ?? [];
  return tag !== undefined && tag !== 'latest';
}
