import type { Decision } from '../../../domain/decision.ts';
import { CONSEQUENCES, consequenceOf } from '../../../domain/decision/consequence.ts';
import { MendloopError } from '../../../domain/failures.ts';
import { alertOf, type Labels, type TriedAlert } from '../diff/tried-alerts.ts';
import type { PolicyEngine } from '../policy-engine.ts';
import type { RuleAlert } from './read-rule-alerts.ts';

/** What becomes of an alert: a consequence; `unknown`: no rule and no entry of the catalogue; `invalid`: no usable answer. */
export const COVERAGES = [...CONSEQUENCES, 'unknown', 'invalid'] as const;
export type Coverage = (typeof COVERAGES)[number];

/** One answer, in short. */
export interface Covered {
  readonly coverage: Coverage;
  readonly rule: string;
  /** What would be done, in the order in which it is tried; empty: nothing. */
  readonly actions: readonly string[];
  /** Why nothing is done, or why the answer cannot be used; absent where something is. */
  readonly reason?: string;
}

/** An alert of the rule files, and what a policy makes of it. */
export interface CoveredAlert extends RuleAlert {
  /** As the policy is. */
  readonly now: Covered;
  /** As it would be with every rule turned on that only watches, or is off. */
  readonly turnedOn: Covered;
}

export interface CoverParts {
  readonly policy: Pick<PolicyEngine, 'decide'>;
  /** The same without the modes that hold rules back. */
  readonly turnedOn: Pick<PolicyEngine, 'decide'>;
  /** What alerts of these names look like: labels that a series of them has. */
  readonly samples: readonly TriedAlert[];
  readonly cluster: string;
  /** Told after each. */
  readonly onAsked?: (asked: number) => void;
}

/** A namespace that is no system's: what an alert of a workload has. */
const SOME_NAMESPACE = { namespace: 'shop' };

/** Asks a policy about alerts, each set of labels once, in the order in which they come. */
export async function coverAlerts(alerts: readonly RuleAlert[], parts: CoverParts): Promise<CoveredAlert[]> {
  const { policy, turnedOn, samples, cluster, onAsked } = parts;
  const known = new Map(samples.map(({ labels }) => [labels['alertname'], labels]));
  const covered: CoveredAlert[] = [];
  for (const { alert, labels } of eachOnce(alerts)) {
    const whole = { ...SOME_NAMESPACE, ...known.get(alert), ...labels, alertname: alert };
    const ask = (engine: CoverParts['policy']) => cover(engine, whole, cluster);
    covered.push({ alert, labels, now: await ask(policy), turnedOn: await ask(turnedOn) });
    onAsked?.(covered.length);
  }
  return covered;
}

/** How many come to what. */
export function countCoverage(covered: readonly Covered[]): Readonly<Record<Coverage, number>> {
  const count = (coverage: Coverage) => covered.filter((one) => one.coverage === coverage).length;
  return Object.fromEntries(COVERAGES.map((coverage) => [coverage, count(coverage)])) as Record<Coverage, number>;
}

async function cover(engine: CoverParts['policy'], labels: Labels, cluster: string): Promise<Covered> {
  try {
    return coveredBy(await engine.decide({ alert: alertOf(labels), cluster }));
  } catch (error) {
    if (!(error instanceof MendloopError)) throw error;
    return { coverage: 'invalid', rule: '', actions: [], reason: error.message };
  }
}

function coveredBy(decision: Decision): Covered {
  const { rule } = decision;
  if ('plan' in decision) {
    const actions = [decision.plan, ...(decision.further ?? [])].map(({ action }) => action);
    return { coverage: consequenceOf(decision), rule, actions };
  }
  const isUnknown = decision.verdict === 'reject' && rule === '';
  return {
    coverage: isUnknown ? 'unknown' : consequenceOf(decision),
    rule,
    actions: [],
    reason: decision.reason,
  };
}

function eachOnce(alerts: readonly RuleAlert[]): RuleAlert[] {
  const keyOf = ({ alert, labels }: RuleAlert) =>
    JSON.stringify([alert, Object.entries(labels).toSorted(([one], [other]) => (one < other ? -1 : 1))]);
  return [...new Map(alerts.map((one) => [keyOf(one), one] as const).toReversed()).values()].toReversed();
}
