import type { Decision, PlannedDecision } from '../../domain/decision.ts';
import { plansOf } from '../../domain/ladder/plans-of.ts';
import { isPlanned } from '../../domain/decision/is-planned.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import type { Query } from '../../domain/plan/query.ts';
import { describePrecondition } from '../../domain/precondition/rules.ts';
import { withUnit } from '../../domain/plot/ticks.ts';
import { nameTarget } from '../../domain/target/name-target.ts';
import { checkNames } from '../../domain/verification/check-names.ts';
import { duration } from './time.ts';

export type Fact = readonly [name: string, value: string];

export interface Explanation {
  /** One sentence: what policy says. */
  readonly verdict: string;
  readonly facts: readonly Fact[];
  /** Queries that the plan measures by, with names. */
  readonly queries: readonly Fact[];
}

/** A decision in words; `title` says what it comes to on its target, once that has been looked at. */
export function explainDecision(decision: Decision, title?: string): Explanation {
  const from: Fact[] = [
    ...(decision.rule === '' ? [] : [['Rule', decision.rule] as const]),
    ['Policy revision', decision.policyRevision],
    ...(decision.decisionId === undefined ? [] : [['Decision ID', decision.decisionId] as const]),
  ];
  const wish = isPlanned(decision) ? wishesOf(decision, title) : '';
  switch (decision.verdict) {
    case 'reject':
      return { verdict: `No rule wants this alert acted on: ${decision.reason}`, facts: from, queries: [] };
    case 'human':
      return { verdict: `Known, and not for a machine: ${decision.reason}`, facts: from, queries: [] };
    case 'observe':
      return { ...explainPlan(decision, from), verdict: `It would ${wish}, and is only observed.` };
    case 'plan': {
      const { mode, source } = decision.effectiveMode ?? { mode: decision.mode, source: 'policy' };
      const facts: Fact[] = [...from, ['Mode', `${mode}, by ${source}`]];
      return { ...explainPlan(decision, facts), verdict: `It wants to ${wish}.` };
    }
  }
}

/** Of a ladder, all that is tried, in its order. */
function wishesOf(decision: PlannedDecision, title: string | undefined): string {
  const [first, ...further] = plansOf(decision);
  return [title ?? wishOf(first), ...further.map(wishOf)].join(', and if that is no cure, ');
}

/** Names and values as policy gave them: what they mean, only the action knows. */
function wishOf({ prelude, ...plan }: Plan): string {
  const wish = changeOf(plan);
  return prelude === undefined ? wish : `${wish}, after ${changeOf(prelude)} where that is needed`;
}

function changeOf({ action, target, parameters }: Pick<Plan, 'action' | 'target' | 'parameters'>): string {
  const given = Object.entries(parameters).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  const how = given.length === 0 ? '' : ` (${given.join(', ')})`;
  return `${action.replaceAll('_', ' ')} ${nameTarget(target)}${how}`;
}

/** What can be made worse, and what has to be so before; of a ladder, for each of its plans. */
function careOf(decision: PlannedDecision): Fact[] {
  const plans = plansOf(decision);
  return plans.flatMap(({ action, danger, preconditions = [] }): Fact[] => {
    const of = plans.length === 1 ? '' : ` (${action})`;
    return [
      ...(danger === undefined ? [] : [[`Danger${of}`, danger] satisfies Fact]),
      ...preconditions.map((one): Fact => [`Only if${of}`, describePrecondition(one, action)]),
    ];
  });
}

function explainPlan(decision: PlannedDecision, from: readonly Fact[]): Omit<Explanation, 'verdict'> {
  const { plan } = decision;
  const { verification, evidence, guards, approval, budget, lease, prelude } = plan;
  const { objective, conditions, probes, neighbours, consecutive, intervalSeconds, deadlineSeconds } = verification;
  const seconds = (count: number) => duration(count * 1000);
  const wanted = [
    ...(objective === undefined
      ? []
      : [`${objective.name} ${objective.comparison} ${withUnit(objective.threshold, objective.unit)}`]),
    ...checkNames({ conditions, probes }),
  ];
  const { breaker } = guards;
  const facts: Fact[] = [
    ...from,
    ...careOf(decision),
    ...(prelude === undefined
      ? []
      : [
          [
            'What comes first',
            `${changeOf(prelude)}, where it is needed; given back when the cure is proven, at the latest after ${seconds(prelude.maxSeconds)}`,
          ] satisfies Fact,
        ]),
    [
      'Cured when',
      `${wanted.join(' and ')}, ${consecutive} times in a row, every ` +
        `${seconds(intervalSeconds)}, within ${seconds(deadlineSeconds)}`,
    ],
    ...(neighbours.length === 0
      ? []
      : [['Must not suffer', neighbours.map(({ name }) => name).join(', ')] satisfies Fact]),
    ...(evidence === undefined
      ? []
      : [
          [
            'Evidence',
            `${evidence.signals.map(({ name }) => name).join(', ')}; confidence ${evidence.threshold} at least`,
          ] satisfies Fact,
        ]),
    ...(approval === undefined
      ? []
      : [
          [
            'Approval',
            `${approval.quorum === 1 ? '1 person' : `${approval.quorum} people`}, within ${seconds(approval.deadlineSeconds)}`,
          ] satisfies Fact,
        ]),
    [
      'Guards',
      `${guards.onBusy === 'join' ? 'joins' : 'waits'} where the target is busy; ${seconds(guards.cooldownSeconds)} ` +
        `between changes; ${breaker.failures} failures in ${seconds(breaker.windowSeconds)} open the breaker`,
    ],
    ...(budget === undefined ? [] : [['Budget', `${budget.name}, for ${budget.expectedHours} h`] satisfies Fact]),
    [
      'Lease',
      lease === undefined
        ? 'none: the change stays'
        : `goes back while ${lease.load.name} allows it, step by step, within ${seconds(lease.maxSeconds)}`,
    ],
    ['Watches', `${seconds(plan.watchSeconds)} for the alert to resolve`],
  ];
  const queries: Fact[] = [
    ...(objective === undefined ? [] : [[objective.name, queryText(objective.query)] satisfies Fact]),
    ...neighbours.map(({ name, query }): Fact => [name, queryText(query)]),
    ...(lease === undefined ? [] : [[lease.load.name, queryText(lease.load.query)] satisfies Fact]),
  ];
  return { facts, queries };
}

function queryText({ expr, vars }: Query): string {
  const given = Object.entries(vars).map(
    ([name, value]) =>
      `$${name} = ${typeof value === 'string' ? JSON.stringify(value) : `${JSON.stringify(value.prefix)}…`}`,
  );
  return [expr, ...given].join('\n');
}
