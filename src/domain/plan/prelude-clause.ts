import { z } from 'zod';
import { type ActionDefinition, Undo } from '../actions/contract.ts';
import { ACTIONS } from '../actions/index.ts';
import type { JsonObject } from '../audit/canonical-json.ts';
import { preconditionsSchema } from '../precondition/precondition.ts';
import { canSee } from '../precondition/rules.ts';
import { formatTarget } from '../target/format-target.ts';
import { targetSchema } from '../target/target.ts';

/**
 * A change that comes before the plan's own and makes room for it: done only where it is needed, and given back when the
 * plan's change is proven, after `maxSeconds`, and at every other end.
 */
export const preludeClauseSchema = z.strictObject(
  {
    /** Name of an action whose change is for a while. */
    action: z.enum(preludeActions(), {
      error: `expected one of ${preludeActions().join(', ')}, whose change is for a while`,
    }),
    /** In the cluster of the plan's own target, and in its namespace where that has one. */
    target: targetSchema,
    /** As the action's own schema has them. */
    parameters: z.record(z.string(), z.unknown()).default({}),
    /** What must be so of its own target before it; absent: what its action itself wants. */
    preconditions: preconditionsSchema.exactOptional(),
    /** Seconds from its act after which it is given back, whatever has become of the plan's own change. */
    maxSeconds: z
      .number({
        error: ({ input }) =>
          input === undefined ? 'expected the seconds after which it is given back at the latest' : undefined,
      })
      .positive()
      .max(86_400),
  },
  {
    error: (issue) =>
      issue.code === 'unrecognized_keys' && issue.keys.includes('prelude')
        ? 'expected no prelude: it is one itself'
        : undefined,
  },
);
export type PreludeClause = Omit<z.infer<typeof preludeClauseSchema>, 'parameters'> & {
  readonly parameters: JsonObject;
};

/** What is wrong with a prelude, and where in it. */
export interface PreludeProblem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Whether an action can be a prelude: what it does is for a while, and put back exactly. */
export function canBePrelude({ isForAWhile, undo }: Pick<ActionDefinition, 'isForAWhile' | 'undo'>): boolean {
  return isForAWhile === true && undo === Undo.Exact;
}

/** The actions that can be one, by name. */
export function preludeActions(): string[] {
  return Object.values(ACTIONS)
    .filter(canBePrelude)
    .map(({ name }) => name);
}

/** The prelude of a plan whose own target is `main`, with its parameters as its action reads them; else what is wrong with it. */
export function preludeOf(
  given: z.infer<typeof preludeClauseSchema>,
  main: z.infer<typeof targetSchema>,
): { readonly prelude: PreludeClause } | { readonly problems: readonly PreludeProblem[] } {
  const action = ACTIONS[given.action];
  if (action === undefined) return { problems: [{ path: ['action'], message: 'expected a known action' }] };
  const { cluster, namespace, kind } = given.target;
  if (!action.kinds.includes(kind)) {
    const message = `expected one of ${action.kinds.join(', ')}, which ${action.name} acts on`;
    return { problems: [{ path: ['target', 'kind'], message }] };
  }
  if (cluster !== main.cluster) {
    return {
      problems: [{ path: ['target', 'cluster'], message: `expected ${main.cluster}, as of the plan's target` }],
    };
  }
  if (namespace === '' || (main.namespace !== '' && namespace !== main.namespace)) {
    const message =
      main.namespace === '' ? 'expected a namespace' : `expected ${main.namespace}, as of the plan's target`;
    return { problems: [{ path: ['target', 'namespace'], message }] };
  }
  if (formatTarget(given.target) === formatTarget(main)) {
    return { problems: [{ path: ['target'], message: "expected another object than the plan's own" }] };
  }
  const unseen = (given.preconditions ?? []).findIndex(({ kind: wanted }) => !canSee(action, wanted));
  if (unseen !== -1) {
    const message = `expected another than ${given.preconditions?.[unseen]?.kind ?? ''}: ${action.name} does not see what it is judged by`;
    return { problems: [{ path: ['preconditions', String(unseen), 'kind'], message }] };
  }
  const parsed = action.parameters.safeParse(given.parameters);
  if (parsed.success) return { prelude: { ...given, parameters: parsed.data as JsonObject } };
  return { problems: parsed.error.issues.map(({ path, message }) => ({ path: ['parameters', ...path], message })) };
}
