import { z } from 'zod';
import { MODE_FLAG } from '../decision/mode-flag.ts';
import { modes } from '../decision/mode.ts';
import { type StageName, stageOf, STAGES } from './stage.ts';

type Json = z.core.util.JSONType;

/** A file in flagd's format. Of it only the flag for the mode matters here; all else is kept as it is, in its order. */
const objectSchema = z.record(z.string(), z.json());

/** One branch of the flag's rules: for a rule of policy, this. In JsonLogic, as flagd reads it. */
export interface RuleBranch {
  readonly condition: Json;
  readonly value: Json;
}

export interface FlagChange {
  /** The whole file after it. */
  readonly document: Json;
  readonly branch: RuleBranch;
  /** What the branch said before; absent where it is new. */
  readonly before?: Json;
}

/** @throws ZodError if the document has no flag for the mode. */
function parse(document: unknown) {
  const file = objectSchema.parse(document);
  const flags = objectSchema.parse(file['flags']);
  const flag = objectSchema.parse(flags[MODE_FLAG]);
  return { file, flags, flag, branches: branchesOf(flag['targeting']) };
}

/** The stage that the file gives a rule by a branch of its own; undefined where it has none that can be read. */
export function stageInFlags(document: unknown, rule: string): StageName | undefined {
  const { branches } = parse(document);
  const at = indexOfRule(branches, rule);
  return at === undefined ? undefined : readStage(branches[at + 1]);
}

/**
 * The file with a rule at a stage. A branch that the rule has is changed in its place; a new one goes behind all others,
 * so that what stands before it, such as `off` for a namespace, goes on to hold.
 */
export function setStage(document: unknown, { rule, stage }: { rule: string; stage: StageName }): FlagChange {
  const { file, flags, flag, branches } = parse(document);
  const branch = ruleBranch(rule, stage);
  const at = indexOfRule(branches, rule);
  const paired = branches.length - (branches.length % 2);
  const next =
    at === undefined
      ? branches.toSpliced(paired, 0, branch.condition, branch.value)
      : branches.with(at + 1, branch.value);
  const before = at === undefined ? undefined : branches[at + 1];
  return {
    document: { ...file, flags: { ...flags, [MODE_FLAG]: { ...flag, targeting: { if: next } } } },
    branch,
    ...(before === undefined ? {} : { before }),
  };
}

/** What gives a rule a stage. Percentages are of targets, by a hash of rule and target: each rule has its own canaries. */
function ruleBranch(rule: string, stage: StageName): RuleBranch {
  const { mode, percent, ...others } = STAGES[stage];
  const rest = 'rest' in others ? others.rest : undefined;
  return {
    condition: { '===': [{ var: 'rule' }, rule] },
    value:
      rest === undefined
        ? mode
        : // The growing share first: a target that is in at 5 % is then in at 50 %.
          {
            fractional: [
              { cat: [{ var: 'rule' }, ' ', { var: 'targetingKey' }] },
              [mode, percent],
              [rest, 100 - percent],
            ],
          },
  };
}

/** The arguments of the `if` that the targeting is, or is made: conditions and values in turn, and a last value. */
function branchesOf(targeting: Json | undefined): readonly Json[] {
  if (targeting === undefined || targeting === null) return [];
  if (typeof targeting !== 'object' || Array.isArray(targeting)) return [targeting];
  if (Object.keys(targeting).length === 0) return [];
  const branches = targeting['if'];
  return Array.isArray(branches) ? branches : [targeting];
}

const ruleConditionSchema = z
  .union([z.strictObject({ '===': z.json() }), z.strictObject({ '==': z.json() })])
  .transform((condition) => ('===' in condition ? condition['==='] : condition['==']))
  .pipe(z.tuple([z.strictObject({ var: z.literal('rule') }), z.string()]));

function indexOfRule(branches: readonly Json[], rule: string): number | undefined {
  for (let at = 0; at + 1 < branches.length; at += 2) {
    const condition = ruleConditionSchema.safeParse(branches[at]);
    if (condition.success && condition.data[1] === rule) return at;
  }
  return undefined;
}

const modeSchema = z.enum(modes);
const shareSchema = z.strictObject({ fractional: z.array(z.json()) });
const bucketSchema = z.tuple([z.string(), z.number()]);

function readStage(value: Json | undefined): StageName | undefined {
  const mode = modeSchema.safeParse(value);
  if (mode.success) return stageOf(mode.data);
  const share = shareSchema.safeParse(value);
  if (!share.success) return undefined;
  const buckets = share.data.fractional.flatMap((bucket) => {
    const parsed = bucketSchema.safeParse(bucket);
    return parsed.success ? [parsed.data] : [];
  });
  const first = modeSchema.safeParse(buckets[0]?.[0]);
  const total = buckets.reduce((sum, [, weight]) => sum + weight, 0);
  if (!first.success || total <= 0) return undefined;
  return stageOf(first.data, (100 * (buckets[0]?.[1] ?? 0)) / total);
}
