import { z } from 'zod';
import { MendloopError } from '../../domain/failures.ts';
import type { HttpResponse } from '../http/http-endpoint.ts';

/** One alerting rule, as far as it says which alerts there can be. */
export interface AlertRule {
  readonly name: string;
  /** PromQL. */
  readonly query: string;
  /** That the rule adds; values may be templates. */
  readonly labels: Readonly<Record<string, string>>;
  /** Labels of the alerts that it has now. */
  readonly alerts: readonly Readonly<Record<string, string>>[];
}

const labels = z.record(z.string(), z.string());

/** Source: Prometheus HTTP API, `GET /api/v1/rules?type=alert`. */
const rulesSchema = z.looseObject({
  status: z.literal('success'),
  data: z.looseObject({
    groups: z.array(
      z.looseObject({
        rules: z.array(
          z.looseObject({
            name: z.string(),
            query: z.string(),
            labels: labels.nullish(),
            alerts: z.array(z.looseObject({ labels })).nullish(),
          }),
        ),
      }),
    ),
  }),
});

/** @throws MendloopError `PrometheusUnavailable` for all that is not the rules. `server` is its name for messages. */
export function readAlertRules(server: string, { status, text }: HttpResponse): AlertRule[] {
  const parsed = rulesSchema.safeParse(jsonOf(text));
  if (!parsed.success) {
    throw new MendloopError('PrometheusUnavailable', `${server}: status ${status}, and no list of rules`);
  }
  return parsed.data.data.groups.flatMap(({ rules }) =>
    rules.map(({ name, query, labels, alerts }) => ({
      ...{ name, query, labels: labels ?? {} },
      alerts: (alerts ?? []).map((alert) => alert.labels),
    })),
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
