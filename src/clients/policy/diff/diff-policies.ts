import type { Decision } from '../../../domain/decision.ts';
import { type Consequence, consequenceOf } from '../../../domain/decision/consequence.ts';
import { type Difference, differencesOf } from '../../../domain/decision/differences.ts';
import { MendloopError } from '../../../domain/failures.ts';
import type { PolicyEngine } from '../policy-engine.ts';
import { alertOf, type TriedAlert } from './tried-alerts.ts';

/** What a policy comes to for an alert; `invalid`: its answer is none, and a human would be told. */
export type Answer =
  | { readonly consequence: Consequence; readonly decision: Decision }
  | { readonly consequence: 'invalid'; readonly why: string };

/** An alert about which two policies do not say the same. */
export interface ChangedDecision extends TriedAlert {
  readonly before: Answer;
  readonly after: Answer;
  readonly differences: readonly Difference[];
}

export interface PolicyDiff {
  /** Alerts that both were asked about. */
  readonly tried: number;
  readonly changed: readonly ChangedDecision[];
}

export interface DiffParts {
  readonly before: Pick<PolicyEngine, 'decide'>;
  readonly after: Pick<PolicyEngine, 'decide'>;
  readonly alerts: readonly TriedAlert[];
  /** Of the alerts' targets. */
  readonly cluster: string;
}

/** Asks both policies about every alert. */
export async function diffPolicies({ before, after, alerts, cluster }: DiffParts): Promise<PolicyDiff> {
  const changed: ChangedDecision[] = [];
  for (const tried of alerts) {
    const input = { alert: alertOf(tried.labels), cluster };
    const [old, young] = await Promise.all([answerOf(before, input), answerOf(after, input)]);
    const differences = differencesOf(contentOf(old), contentOf(young));
    if (differences.length > 0) changed.push({ ...tried, before: old, after: young, differences });
  }
  return { tried: alerts.length, changed };
}

async function answerOf(
  policy: Pick<PolicyEngine, 'decide'>,
  input: Parameters<PolicyEngine['decide']>[0],
): Promise<Answer> {
  try {
    const decision = await policy.decide(input);
    return { consequence: consequenceOf(decision), decision };
  } catch (error) {
    if (error instanceof MendloopError) return { consequence: 'invalid', why: error.message };
    throw error;
  }
}

function contentOf(answer: Answer): object {
  return 'decision' in answer ? answer.decision : { invalid: answer.why };
}
