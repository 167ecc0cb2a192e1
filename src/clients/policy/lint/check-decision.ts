import type { ActionDefinition } from '../../../domain/actions/contract.ts';
import { ACTIONS } from '../../../domain/actions/index.ts';
import type { PolicyAnswer } from '../../../domain/decision.ts';
import { MendloopError } from '../../../domain/failures.ts';
import { plansOf } from '../../../domain/ladder/plans-of.ts';
import type { Plan } from '../../../domain/plan/plan.ts';
import type { Query } from '../../../domain/plan/query.ts';
import { analyzeQuery, renderQuery } from '../../../domain/query/promql.ts';
import type { Check } from './finding.ts';
import { promised } from './promised.ts';
import type { Samples } from './read-samples.ts';

/** What is wrong with one answer of a rule. */
export interface Fault {
  readonly check: Check;
  readonly message: string;
}

/** What an answer is held against. */
export type Standards = Pick<Samples, 'slos' | 'targets'> & {
  /** Why the rule may act without a budget; undefined if it may not. */
  readonly withoutBudget: string | undefined;
  readonly actions?: Readonly<Record<string, Pick<ActionDefinition, 'compensation'>>>;
};

/** Holds a decision in the right shape against what every decision has to have. */
export function checkDecision(decision: PolicyAnswer, standards: Standards): Fault[] {
  switch (decision.verdict) {
    case 'plan':
    case 'observe':
      return plansOf(decision).flatMap((plan, index, all) => {
        const where = all.length === 1 ? '' : `rung ${index + 1}: `;
        return checkPlan(plan, standards).map((fault) => ({ ...fault, message: `${where}${fault.message}` }));
      });
    case 'human':
      return decision.runbookUrl === undefined ? [noRunbook] : [];
    case 'reject':
      return [];
  }
}

const noRunbook: Fault = { check: 'runbook', message: 'names no runbook: whoever is told has nowhere to begin' };

function checkPlan(plan: Plan, { withoutBudget, actions = ACTIONS, ...promises }: Standards): Fault[] {
  return [
    ...queriesOf(plan).flatMap(({ name, query }) => checkQuery(name, query)),
    ...checkProvable(plan),
    ...checkSlos(plan, promises),
    ...checkUndo(plan, actions),
    ...(plan.budget === undefined && !withoutBudget?.trim()
      ? [{ check: 'budget' as const, message: 'has no budget, and limits.withoutBudget has no reason for it' }]
      : []),
    ...(plan.runbookUrl === undefined ? [noRunbook] : []),
  ];
}

/** What stays done is for a human to allow, whatever the mode. */
function checkUndo({ action, approval }: Plan, actions: NonNullable<Standards['actions']>): Fault[] {
  if (actions[action]?.compensation !== undefined || approval !== undefined) return [];
  return [{ check: 'compensation', message: `action ${action} cannot be undone, and the plan asks for no approval` }];
}

/** Every PromQL of a plan; that of Loki and Jaeger is theirs to judge. */
function queriesOf({ verification, evidence, lease }: Plan): { name: string; query: Query }[] {
  return [
    ...(verification.objective === undefined ? [] : [{ name: 'the objective', query: verification.objective.query }]),
    ...verification.neighbours.map(({ name, query }) => ({ name: `neighbour ${name}`, query })),
    ...(evidence?.signals ?? []).flatMap(({ name, source }) =>
      source.kind === 'prometheus' ? [{ name: `signal ${name}`, query: source.query }] : [],
    ),
    ...(lease === undefined ? [] : [{ name: "the lease's load", query: lease.load.query }]),
  ];
}

function checkQuery(name: string, query: Query): Fault[] {
  try {
    analyzeQuery(renderQuery(query));
    return [];
  } catch (error) {
    if (!(error instanceof MendloopError)) throw error;
    return [{ check: 'query', message: `${name}: ${error.message}` }];
  }
}

/** A sample counts once its window lies after the act: a window as long as the deadline leaves no time for any. */
function checkProvable({ verification: { objective, deadlineSeconds, intervalSeconds, consecutive } }: Plan): Fault[] {
  if (objective === undefined) return [];
  let windowSeconds: number;
  try {
    windowSeconds = analyzeQuery(renderQuery(objective.query)).maxWindowSeconds;
  } catch {
    return []; // Told by `checkQuery`.
  }
  const needed = windowSeconds + (consecutive - 1) * intervalSeconds;
  if (needed < deadlineSeconds) return [];
  return [
    {
      check: 'provable',
      message:
        `no cure can be proven: a window of ${windowSeconds} s and ${consecutive} samples ${intervalSeconds} s apart ` +
        `take ${needed} s, and the deadline is ${deadlineSeconds} s`,
    },
  ];
}

/** An objective that is weaker than the SLO would call a broken promise a cure. */
function checkSlos(
  { target, verification: { objective } }: Plan,
  { slos, targets }: Pick<Samples, 'slos' | 'targets'>,
): Fault[] {
  if (objective?.comparison.startsWith('<') !== true) return [];
  const byTarget = Object.entries(targets).filter(
    ([, it]) => it.namespace === target.namespace && it.name === target.name,
  );
  const byQuery = Object.values(objective.query.vars).filter((value) => typeof value === 'string');
  const services = new Set([...byTarget.map(([name]) => name), ...byQuery]);
  return [...services].flatMap((service): Fault[] => {
    const slo = Object.hasOwn(slos, service) ? slos[service] : undefined;
    const allowed = slo === undefined ? undefined : promised(slo, objective.unit);
    if (allowed === undefined || objective.threshold <= allowed) return [];
    return [
      {
        check: 'slo',
        message: `the objective allows ${objective.threshold} ${objective.unit}, the SLO of ${service} only ${allowed}`,
      },
    ];
  });
}
