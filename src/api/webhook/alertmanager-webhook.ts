import type { RequestHandler } from 'express';
import type { Config } from '../../config/schema.ts';
import { secondsSinceAlert } from '../../domain/remediation/milestone.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { alertResults, type Metrics } from '../../telemetry/metrics.ts';
import { activeTraceId } from '../../telemetry/tracing/active-trace.ts';
import { type Delivery, deliverAlerts } from './deliver-alerts.ts';
import { comeBackLater, HttpProblem } from '../http/http-problem.ts';
import type { InFlight } from '../http/in-flight.ts';
import { parseWebhook } from './parse-webhook.ts';
import { readJson } from '../http/read-json.ts';
import type { RemediationStarter } from './remediation-starter.ts';

export interface WebhookOptions {
  readonly settings: Config['api'];
  readonly starter: RemediationStarter;
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
 * Takes a notification of Alertmanager. 200 means that every alert of it is durable in Temporal.
 *
 * - 503 if any is not: Alertmanager repeats the whole, and finds the ones that had been started as duplicates.
 * - 422 if all are but some that can never be: a 5xx would have Alertmanager repeat to no end, a 2xx would claim what
 *   is not so. On a 4xx it drops the notification, logs it and counts it as failed, and nothing that could have been
 *   done is lost.
 */
export function alertmanagerWebhook(options: WebhookOptions): RequestHandler {
  const { settings, starter, metrics, logger } = options;
  return async (request, response) => {
    const { alerts, truncatedAlerts } = parseWebhook(await readJson(request, settings.maxBodyBytes));
    const delivery = await deliverAlerts({ alerts, starter, concurrency: settings.startConcurrency });
    for (const result of alertResults) metrics.alertHandled(result, delivery.counts[result]);
    metrics.alertsTruncated(truncatedAlerts);
    for (const { startsAt } of delivery.started) {
      const seconds = secondsSinceAlert(Date.parse(startsAt), Date.now());
      if (seconds !== undefined) metrics.milestoneReached({ milestone: 'received', seconds, traceId: activeTraceId() });
    }

    const { started, duplicate, signalled, ignored, failed, rejected } = delivery.counts;
    const summary = { started, duplicates: duplicate, signalled, ignored, truncated: truncatedAlerts };
    if (failed > 0 || rejected > 0) {
      logger.warn({ ...summary, failed, rejected, err: delivery.failure }, 'alerts of a webhook are not durable');
      throw failed > 0
        ? comeBackLater(`${failed} alerts are not durable yet.`, {
            kind: 'alerts-not-durable',
            extensions: { ...summary, failed, rejected },
          })
        : tooLarge(delivery, { ...summary, rejected });
    }
    logger[started > 0 ? 'info' : 'debug'](summary, 'webhook taken');
    response.json(summary);
  };
}

function tooLarge({ rejected }: Delivery, summary: Readonly<Record<string, number>>): HttpProblem {
  return new HttpProblem(422, {
    kind: 'alert-too-large',
    detail: `${rejected.length} alerts are larger than Temporal can store; every other alert is durable.`,
    errors: rejected.slice(0, 20).map((index) => ({ path: `alerts.${index}`, message: 'is too large to be stored' })),
    extensions: summary,
  });
}
