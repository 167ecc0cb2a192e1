import { createHash } from 'node:crypto';
import { decideAlert } from '../../clients/policy/decide-alert.ts';
import type { ModeFlags } from '../../clients/flags/mode-flags.ts';
import type { PolicyEngine } from '../../clients/policy/policy-engine.ts';
import type { AlertRule } from '../../clients/prometheus/alert-rules.ts';
import type { PrometheusClient } from '../../clients/prometheus/prometheus-client.ts';
import type { Alert } from '../../domain/alert/alert.ts';
import type { Decision } from '../../domain/decision.ts';
import { MendloopError } from '../../domain/failures.ts';
import { withoutThreshold } from '../../domain/query/without-threshold.ts';
import { eachBounded } from '../../api/http/each-bounded.ts';

/** An alert that a rule of Prometheus can raise, and what policy answers to it. */
export interface AnsweredAlert {
  /** Of the alert: `labels` are those that it would have. */
  readonly labels: Readonly<Record<string, string>>;
  readonly decision: Decision;
}

export interface Answered {
  /** Alerting rules that the server evaluates. */
  readonly rules: number;
  /** One for each rule and target that policy answers with more than "no rule wants it". */
  readonly answers: readonly AnsweredAlert[];
}

export interface AnsweredParts {
  readonly prometheus: PrometheusClient;
  readonly policy: Pick<PolicyEngine, 'decide'>;
  readonly cluster: string;
  readonly flags?: Pick<ModeFlags, 'resolveMode'> | undefined;
}

/** Series of one rule that are tried: policy may answer to some of them only. */
const SERIES_OF_A_RULE = 20;
const CONCURRENCY = 8;

/**
 * What policy answers to the alerts that this Prometheus can raise. What labels an alert would have is asked of the rule's
 * own expression, without its threshold: so there are answers while nothing is wrong.
 */
export async function readAnswered(parts: AnsweredParts): Promise<Answered> {
  const rules = await parts.prometheus.alertRules();
  const found = new Map<string, AnsweredAlert>();
  await eachBounded(rules, CONCURRENCY, async (rule) => {
    for (const labels of await labelsOf(rule, parts.prometheus)) {
      const decision = await decide(labels, parts);
      if (decision.verdict === 'reject') continue;
      const about = 'plan' in decision ? [decision.plan.action, decision.plan.target] : [];
      const key = JSON.stringify([rule.name, labels['severity'], decision.rule, decision.verdict, about]);
      if (!found.has(key)) found.set(key, { labels, decision });
    }
  });
  return { rules: rules.length, answers: [...found.values()] };
}

/** Labels that alerts of the rule have now, or would have; at least one set. */
async function labelsOf(rule: AlertRule, prometheus: PrometheusClient): Promise<Readonly<Record<string, string>>[]> {
  const own = { alertname: rule.name, ...rule.labels };
  const sampled = rule.alerts.length > 0 ? [] : await sample(rule, prometheus);
  const all = [...rule.alerts, ...sampled.map((labels) => ({ ...labels, ...own }))].slice(0, SERIES_OF_A_RULE);
  return all.length === 0 ? [own] : all;
}

async function sample({ query }: AlertRule, prometheus: PrometheusClient): Promise<Readonly<Record<string, string>>[]> {
  try {
    const answer = await prometheus.instantQuery(`topk(${SERIES_OF_A_RULE}, ${withoutThreshold(query)})`);
    return answer.resultType === 'vector' ? answer.result.map(({ metric }) => withoutName(metric)) : [];
  } catch (error) {
    // A rule that cannot be asked so is judged by its own labels.
    if (error instanceof MendloopError) return [];
    throw error;
  }
}

function withoutName({ __name__: _name, ...labels }: Readonly<Record<string, string>>) {
  return labels;
}

async function decide(labels: Readonly<Record<string, string>>, parts: AnsweredParts): Promise<Decision> {
  const { policy, cluster, flags } = parts;
  const metrics = { decided: () => undefined, policyFailed: () => undefined };
  return await decideAlert({ policy, cluster, flags, metrics }, alertOf(labels));
}

function alertOf(labels: Readonly<Record<string, string>>): Alert {
  const fingerprint = createHash('sha256').update(JSON.stringify(labels)).digest('hex').slice(0, 16);
  return {
    ...{ status: 'firing', labels, annotations: {}, generatorURL: '', fingerprint },
    startsAt: new Date().toISOString(),
  };
}
