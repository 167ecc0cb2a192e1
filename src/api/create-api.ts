import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import type { Config } from '../config/schema.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { alertmanagerWebhook, limitInFlight } from './alertmanager-webhook.ts';
import { requireBearerToken } from './bearer-token.ts';
import { healthRoutes, type Readiness } from './health.ts';
import { HttpProblem, sendProblem } from './http-problem.ts';
import { InFlight } from './in-flight.ts';
import { type Lifecycle, lifecycleOf } from './lifecycle.ts';
import { discardRest } from './read-json.ts';
import type { RemediationStarter } from './remediation-starter.ts';

export interface ApiOptions {
  readonly settings: Config['api'];
  /** The secret itself, asked for at each request. Absent: the webhook needs no token. */
  readonly webhookToken?: () => string;
  readonly starter: RemediationStarter;
  readonly readiness: Readiness;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

export const WEBHOOK_PATH = '/webhooks/alertmanager';

/** The HTTP side of Mendloop as an express app; `serveApi` puts it on a port. */
export function createApi(options: ApiOptions): Express {
  const { settings, webhookToken, metrics, logger } = options;
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', false);
  const lifecycle = lifecycleOf(app);
  const webhooks = new InFlight();

  app.use(trackRequests(lifecycle));
  app
    .route(WEBHOOK_PATH)
    .post(
      measure(metrics),
      limitInFlight(settings.maxInFlight, webhooks),
      ...(webhookToken === undefined ? [] : [requireBearerToken(webhookToken)]),
      holdWhile([webhooks, lifecycle.inFlight], alertmanagerWebhook(options)),
    )
    .all(onlyAllow('POST'));
  app.use(healthRoutes({ ...options, lifecycle }));
  app.all(['/healthz', '/readyz', '/metrics'], onlyAllow('GET, HEAD'));
  app.use(() => {
    throw new HttpProblem(404, { detail: 'There is nothing at this path.' });
  });
  app.use(answerError(logger, settings.maxBodyBytes));
  return app;
}

function trackRequests(lifecycle: Lifecycle): RequestHandler {
  return (_request, response, next) => {
    response.once('close', lifecycle.inFlight.begin());
    if (lifecycle.draining) response.set('Connection', 'close');
    next();
  };
}

/** Counts a piece of work for as long as the handler runs, whether or not its client still waits. */
function holdWhile(counters: readonly InFlight[], handler: RequestHandler): RequestHandler {
  return async (request, response, next) => {
    const ends = counters.map((counter) => counter.begin());
    try {
      await handler(request, response, next);
    } finally {
      for (const end of ends) end();
    }
  };
}

function measure(metrics: Metrics): RequestHandler {
  return (_request, response, next) => {
    const startedAt = performance.now();
    response.once('close', () => {
      const code = response.writableFinished ? response.statusCode : 'aborted';
      metrics.webhookAnswered({ code, seconds: (performance.now() - startedAt) / 1000 });
    });
    next();
  };
}

function onlyAllow(methods: string): RequestHandler {
  return () => {
    throw new HttpProblem(405, { detail: `This path takes ${methods} only.`, headers: { Allow: methods } });
  };
}

/** Every error as problem details. What is not ours to show is logged, and answered without a word of it. */
function answerError(logger: Logger, maxDiscardBytes: number): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const isProblem = error instanceof HttpProblem;
    if (!isProblem) logger.error({ err: error }, 'request failed');
    if (response.headersSent) {
      response.destroy();
      return;
    }
    discardRest(request, maxDiscardBytes);
    sendProblem(response, isProblem ? error : new HttpProblem(500, { detail: 'Mendloop has a fault; see its log.' }));
  };
}
