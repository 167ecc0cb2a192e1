import type { RequestHandler } from 'express';
import type { Config } from '../../config/schema.ts';
import { secondsSinceAlert } from '../../domain/remediation/milestone.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { alertResults, type Metrics } from '../../telemetry/metrics.ts';
import { activeTraceId } from '../../telemetry/tracing/active-trace.ts';
import { comeBackLater, HttpProblem } from '../http/http-problem.ts';
import type { InFlight } from '../http/in-flight.ts';
import { readJson } from '../http/read-json.ts';
import type { Delivery } from './delivery.ts';
import type { Intake } from './intake.ts';
import { parseWebhook, type Webhook } from './parse-webhook.ts';

export interface WebhookOptions {
  readonly settings: Pick<Config['api'], 'maxBodyBytes'>;
  readonly intake: Pick<Intake, 'deliver'>;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** Refuses requests beyond `maxInFlight`. The place of one is free again when its work has ended. */
export function limitInFlight(limit: number, inFlight: InFlight): RequestHandler {
  return (_request, _response, next) => {
    if (inFlight.count >= limit) throw comeBackLater('Too many webhooks are in flight.', { kind: 'overloaded' });
    next();
  };
}

/**
 * Takes a notification of Alertmanager. 200 means that every alert of it is durable in Temporal, or decided as nobody's
 * concern and counted.
 *
 * - 503 if any is not, also because it is too much at once: Alertmanager repeats the whole, and what was taken stays taken.
 * - 422 if all are but some that can never be: a 5xx would have Alertmanager repeat to no end, a 2xx would claim what
 *   is not so. On a 4xx it drops the notification, logs it and counts it as failed, and nothing that could have been
 *   done is lost.
 */
export function alertmanagerWebhook({ settings, intake, metrics, logger }: WebhookOptions): RequestHandler {
  return async (request, response) => {
    const webhook = await parseWebhook(await readJson(request, settings.maxBodyBytes));
    const { truncatedAlerts } = webhook;
    const delivery = await intake.deliver(webhook.alerts);
    const tooLarge = rejectedOf(webhook, delivery);
    const counts = { ...delivery.counts, rejected: delivery.counts.rejected + webhook.tooLarge.length };
    for (const result of alertResults) metrics.alertHandled(result, counts[result]);
    metrics.alertsTruncated(truncatedAlerts);
    for (const { startsAt } of delivery.started) {
      const seconds = secondsSinceAlert(Date.parse(startsAt), Date.now());
      if (seconds !== undefined) metrics.milestoneReached({ milestone: 'received', seconds, traceId: activeTraceId() });
    }

    const { started, duplicate, repeat, signalled, ignored, unhandled, failed, rejected } = counts;
    const taken = { started, duplicates: duplicate, repeats: repeat, signalled, ignored, unhandled };
    const summary = { ...taken, truncated: truncatedAlerts };
    if (failed > 0 || rejected > 0) {
      logger.warn({ ...summary, failed, rejected, err: delivery.failure }, 'alerts of a webhook are not durable');
      throw failed > 0
        ? comeBackLater(`${failed} alerts are not durable yet.`, {
            kind: 'alerts-not-durable',
            extensions: { ...summary, failed, rejected },
          })
        : alertsTooLarge(tooLarge, { ...summary, rejected });
    }
    logger[started > 0 ? 'info' : 'debug'](summary, 'webhook taken');
    response.json(summary);
  };
}

/** Positions, among the alerts of the body, of those that can never be taken. */
function rejectedOf({ positions, tooLarge }: Webhook, { rejected }: Delivery): number[] {
  return [...tooLarge, ...rejected.flatMap((index) => positions[index] ?? [])].sort((a, b) => a - b);
}

function alertsTooLarge(rejected: readonly number[], summary: Readonly<Record<string, number>>): HttpProblem {
  return new HttpProblem(422, {
    kind: 'alert-too-large',
    detail: `${rejected.length} alerts are larger than can be stored; every other alert is durable.`,
    errors: rejected.slice(0, 20).map((index) => ({ path: `alerts.${index}`, message: 'is too large to be stored' })),
    extensions: summary,
  });
}
