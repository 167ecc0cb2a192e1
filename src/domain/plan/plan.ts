import { z } from 'zod';
import { type ActionDefinition, Undo } from '../actions/contract.ts';
import { ACTIONS } from '../actions/index.ts';
import type { JsonObject } from '../audit/canonical-json.ts';
import { defined } from '../defined.ts';
import { preconditionsSchema } from '../precondition/precondition.ts';
import { canSee } from '../precondition/rules.ts';
import { targetSchema } from '../target/target.ts';
import { approvalClauseSchema } from './approval-clause.ts';
import { budgetClauseSchema } from './budget-clause.ts';
import { evidenceClauseSchema } from './evidence-clause.ts';
import { guardsClauseSchema } from './guards-clause.ts';
import { leaseClauseSchema, timedLeaseSchema } from './lease-clause.ts';
import { type PreludeClause, preludeClauseSchema, preludeOf } from './prelude-clause.ts';
import { seconds } from './query.ts';
import { type Verification, verificationSchema } from './verification-clause.ts';

/** What every plan says, whatever its action. */
export const planTermsSchema = z.strictObject({
  /** Name of an entry of the catalogue of actions. */
  action: z.string().min(1).max(64),
  target: targetSchema,
  /** As the action's own schema has them. */
  parameters: z.record(z.string(), z.unknown()).default({}),
  verification: verificationSchema,
  /** Absent: nothing has to be measured before the act. */
  evidence: evidenceClauseSchema.optional(),
  guards: guardsClauseSchema.prefault({}),
  /** What must be so of the target before the act; absent: what the action itself wants. */
  preconditions: preconditionsSchema.exactOptional(),
  /** What it can make worse, for the human who is asked or told; absent: what the action says of itself. */
  danger: z.string().min(1).max(500).exactOptional(),
  /** Absent: a human is asked only where the mode says so. */
  approval: approvalClauseSchema.optional(),
  /** Who says yes where not the plan but something else asks: the mode, a flag, `gitOps`. Absent: any approver. */
  approvers: approvalClauseSchema.optional(),
  /**
   * What is done to an object that Argo CD, Flux or the like apply out of a repository, and put back: nothing, and the
   * on-call is told; what a human says yes to; with its putting back paused for the time; or as if it were not so.
   */
  gitOps: z.enum(['leave', 'human', 'suspend', 'act']).default('leave'),
  /** Absent: the change needs no budget check. */
  budget: budgetClauseSchema.optional(),
  /** Absent: the change stays. */
  lease: leaseClauseSchema.optional(),
  /** Absent: the change stays, unless it is one that its action makes for a while only. */
  timedLease: timedLeaseSchema.optional(),
  /** Absent: nothing comes before the change. */
  prelude: preludeClauseSchema.optional(),
  /** Seconds until the effect must be done: Pods ready, a node empty. */
  effectDeadlineSeconds: seconds(86_400).default(300),
  /** Seconds to stay open after the cure for the alert to resolve. */
  watchSeconds: seconds(7 * 86_400).default(3600),
  runbookUrl: z.string().max(2048).optional(),
});

/**
 * What policy wants done. Every time, threshold and limit a workflow uses comes from here, never from a constant in
 * workflow code. What an action takes is checked by the action.
 */
export const planSchema = planTermsSchema.transform((plan, context): Plan => {
  const action = Object.hasOwn(ACTIONS, plan.action) ? ACTIONS[plan.action] : undefined;
  const refuse = (path: string[], message: string) => {
    context.addIssue({ code: 'custom', path, message });
    return z.NEVER;
  };
  if (action === undefined) {
    return refuse(['action'], `expected one of ${Object.keys(ACTIONS).join(', ')}`);
  }
  const { kind, namespace } = plan.target;
  if (!action.kinds.includes(kind)) {
    return refuse(['target', 'kind'], `expected one of ${action.kinds.join(', ')}, which ${action.name} acts on`);
  }
  if ((namespace === '') !== (action.scope === 'cluster')) {
    return refuse(['target', 'namespace'], namespace === '' ? 'expected a namespace' : `expected none for a ${kind}`);
  }
  if (plan.lease !== undefined && !action.leasable) {
    return refuse(['lease'], `expected none: ${action.name} makes no change that could be taken back in steps`);
  }
  const unseen = (plan.preconditions ?? []).findIndex(({ kind: wanted }) => !canSee(action, wanted));
  if (unseen !== -1) {
    const wanted = plan.preconditions?.[unseen]?.kind ?? '';
    return refuse(
      ['preconditions', String(unseen), 'kind'],
      `expected another than ${wanted}: ${action.name} does not see what it is judged by`,
    );
  }
  if (plan.timedLease !== undefined && (action.undo !== Undo.Exact || plan.lease !== undefined)) {
    const why = plan.lease === undefined ? `${action.name} is not put back exactly` : 'there is a lease by the load';
    return refuse(['timedLease'], `expected none: ${why}`);
  }
  if (action.proof.length === 0 && !isProvable(plan.verification)) {
    return refuse(
      ['verification'],
      `expected an objective, conditions or probes: ${action.name} proves nothing by itself`,
    );
  }
  const before = plan.prelude && preludeOf(plan.prelude, plan.target);
  if (before !== undefined && 'problems' in before) {
    for (const { path, message } of before.problems) {
      context.addIssue({ code: 'custom', path: ['prelude', ...path], message });
    }
    return z.NEVER;
  }
  const parsed = action.parameters.safeParse(plan.parameters);
  if (parsed.success) {
    const prelude = before?.prelude;
    const asks = action.asks ?? (prelude && ACTIONS[prelude.action]?.asks);
    const approval = plan.approval ?? (asks === undefined ? undefined : approvalClauseSchema.parse({ reason: asks }));
    const verification = provable(plan.verification, action);
    const timedLease = plan.timedLease ?? (action.isForAWhile === true ? timedLeaseSchema.parse({}) : undefined);
    const { prelude: _, ...terms } = plan;
    return {
      ...terms,
      ...defined({ approval, timedLease, prelude }),
      verification,
      parameters: parsed.data as JsonObject,
    };
  }
  for (const issue of parsed.error.issues) {
    context.addIssue({ code: 'custom', path: ['parameters', ...issue.path], message: issue.message });
  }
  return z.NEVER;
});
export type Plan = Omit<z.infer<typeof planTermsSchema>, 'parameters' | 'prelude'> & {
  readonly parameters: JsonObject;
  readonly prelude?: PreludeClause;
};

/** A plan without a proof of its own has that of its action: the history says by what it was judged. */
function provable(verification: Verification, { proof }: Pick<ActionDefinition, 'proof'>): Verification {
  if (isProvable(verification)) return verification;
  return { ...verification, conditions: [...proof] };
}

function isProvable({ objective, conditions, probes }: Verification): boolean {
  return objective !== undefined || conditions.length > 0 || probes.length > 0;
}
