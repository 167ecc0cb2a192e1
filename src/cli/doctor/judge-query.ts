import type { PrometheusClient } from '../../clients/prometheus/prometheus-client.ts';
import { readSignal } from '../../clients/prometheus/read-signal.ts';
import type { PlannedDecision } from '../../domain/decision.ts';
import { MendloopError } from '../../domain/failures.ts';
import { plansOf } from '../../domain/ladder/plans-of.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import type { Query, WhenEmpty } from '../../domain/plan/query.ts';
import { analyzeQuery, renderQuery } from '../../domain/query/promql.ts';
import { UnknownReason } from '../../domain/verification/measurement.ts';

export interface AskedQuery {
  /** For people: `CPUThrottlingHigh: objective throttling`. */
  readonly name: string;
  readonly query: Query;
  readonly whenEmpty: WhenEmpty;
  readonly maxAgeSeconds: number;
}

/** Everything that a plan asks of Prometheus. */
export function queriesOf(decision: PlannedDecision, labels: Readonly<Record<string, string>>): AskedQuery[] {
  return plansOf(decision).flatMap((plan) => queriesOfPlan(plan, labels));
}

function queriesOfPlan(plan: Plan, labels: Readonly<Record<string, string>>): AskedQuery[] {
  const alert = labels['alertname'] ?? '';
  const { objective, neighbours, maxAgeSeconds } = plan.verification;
  const named = (kind: string, { name, query, whenEmpty }: { name: string; query: Query; whenEmpty: WhenEmpty }) => ({
    ...{ name: `${alert}: ${kind} ${name}`, query, whenEmpty, maxAgeSeconds },
  });
  const evidence = (plan.evidence?.signals ?? []).flatMap(({ name, source }) =>
    source.kind === 'prometheus'
      ? [{ ...named('evidence', { ...source, name }), maxAgeSeconds: source.maxAgeSeconds }]
      : [],
  );
  return [
    ...(objective === undefined ? [] : [named('objective', objective)]),
    ...neighbours.map((one) => named('neighbour', one)),
    ...evidence,
  ];
}

/** Why the query cannot be judged now; undefined if it can. */
export async function faultOfQuery(prometheus: PrometheusClient, asked: AskedQuery): Promise<string | undefined> {
  const { name, query, whenEmpty, maxAgeSeconds } = asked;
  try {
    const sample = await readSignal(prometheus, { query, whenEmpty, maxAgeSeconds });
    // A ratio whose denominator is idle is no number, and no fault of the set-up.
    if (sample.status === 'known' || sample.reason === UnknownReason.NotANumber) return undefined;
    const why = sample.detail ?? sample.reason;
    const hint = sample.reason === UnknownReason.Empty ? await whyEmpty(prometheus, query) : '';
    return `${name}: ${why}${hint}`;
  } catch (error) {
    if (error instanceof MendloopError) return `${name}: ${error.message}`;
    throw error;
  }
}

/** Whether a metric is unknown, or has no series with the labels that are asked for. */
async function whyEmpty(prometheus: PrometheusClient, query: Query): Promise<string> {
  const metrics = new Set(
    analyzeQuery(renderQuery(query)).selectors.flatMap(({ text }) => /^[a-zA-Z_:][\w:]*/.exec(text)?.[0] ?? []),
  );
  const told = await Promise.all(
    [...metrics].map(async (metric) => {
      const answer = await prometheus.instantQuery(`count(${metric})`);
      const isThere = answer.resultType === 'vector' && answer.result.length > 0;
      return isThere ? `${metric} exists, with other labels` : `nothing here is called ${metric}`;
    }),
  );
  return told.length === 0 ? '' : ` (${told.join('; ')})`;
}
