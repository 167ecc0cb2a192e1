import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import type { Config } from '../config/schema.ts';
import { MendloopError } from '../domain/failures.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { activeTraceId } from '../telemetry/tracing/active-trace.ts';
import { alertmanagerWebhook, limitInFlight } from './webhook/alertmanager-webhook.ts';
import { guardWebhook } from './webhook/guard-webhook.ts';
import { approvalLinkRoutes } from './approvals/approval-link-routes.ts';
import { Doorkeeper } from './access/doorkeeper.ts';
import type { ApiUser } from './access/identify.ts';
import { refuseCrossSite } from './access/refuse-cross-site.ts';
import { RefusalRecord } from './access/refusal-record.ts';
import { consoleRoutes } from './console/console-routes.ts';
import { ChangeFeed } from './events/change-feed.ts';
import type { AuditLog } from '../store/audit/audit-log.ts';
import type { GuardStore } from '../store/store.ts';
import { healthRoutes, type Readiness } from './health.ts';
import { comeBackLater, HttpProblem, sendProblem } from './http/http-problem.ts';
import { InFlight } from './http/in-flight.ts';
import { type Lifecycle, lifecycleOf } from './http/lifecycle.ts';
import { onlyAllow } from './http/only-allow.ts';
import { discardRest } from './http/read-json.ts';
import { traceRequest } from './http/trace-request.ts';
import type { Remediations } from './remediations/remediations.ts';
import { reportLinkRoutes } from './reports/report-link-routes.ts';
import { v1Routes } from './v1.ts';
import type { UnhandledStore } from '../store/unhandled/unhandled-store.ts';
import type { Intake } from './webhook/intake.ts';

/** What people see and do; see `docs/api.md`. */
export interface PeopleParts {
  /** None: every caller is refused. */
  readonly users: readonly ApiUser[];
  readonly remediations: Remediations;
  readonly guards: GuardStore;
  readonly unhandled: Pick<UnhandledStore, 'list'>;
  /** What signs links in notices, asked for at each use. Absent: there are no links. */
  readonly linkSecret?: () => string;
  /** Folder of the built console; the package's own unless given. */
  readonly consoleFolder?: string;
}

export interface ApiOptions {
  readonly settings: Config['api'];
  /** The secret itself, asked for at each request. Absent: direct requests to a loopback listener only. */
  readonly webhookToken?: () => string;
  readonly intake: Pick<Intake, 'deliver'>;
  readonly readiness: Readiness;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Hears who was turned away. Absent: only the log does. */
  readonly audit?: Pick<AuditLog, 'append'>;
  /** Absent: webhook, health and metrics only. */
  readonly people?: PeopleParts;
}

export const API_PATH = '/api/v1';
const WEBHOOK_PATH = '/webhooks/alertmanager';

/** The HTTP side of Mendloop as an express app; `serveApi` puts it on a port. */
export function createApi(options: ApiOptions): Express {
  const { settings, webhookToken, metrics, logger, audit } = options;
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', false);
  const lifecycle = lifecycleOf(app);
  const webhooks = new InFlight();
  const keeper = new Doorkeeper({ metrics, record: new RefusalRecord({ logger, audit, lifecycle }) });

  app.use(trackRequests(lifecycle));
  app
    .route(WEBHOOK_PATH)
    .post(
      traceRequest(WEBHOOK_PATH),
      measure(metrics),
      limitInFlight(settings.maxInFlight, webhooks),
      refuseCrossSite({ ...settings, keeper, door: () => 'webhook' }),
      guardWebhook({ settings, token: webhookToken, keeper }),
      holdWhile([webhooks, lifecycle.inFlight], alertmanagerWebhook(options)),
    )
    .all(onlyAllow('POST'));
  app.use(healthRoutes({ ...options, lifecycle }));
  app.all(['/healthz', '/readyz', '/metrics'], onlyAllow('GET, HEAD'));
  if (options.people !== undefined) usePeopleRoutes(app, options.people, { ...options, keeper });
  app.use(() => {
    throw new HttpProblem(404, { detail: 'There is nothing at this path.' });
  });
  app.use(answerError(logger, settings.maxBodyBytes));
  return app;
}

function usePeopleRoutes(
  app: Express,
  people: PeopleParts,
  { settings, logger, keeper }: ApiOptions & { readonly keeper: Doorkeeper },
): void {
  app.use(API_PATH, traceRequest(API_PATH));
  const { users, remediations, guards, unhandled, linkSecret, consoleFolder } = people;
  const lifecycle = lifecycleOf(app);
  const feed = new ChangeFeed({ remediations, guards, logger });
  lifecycle.closing.addEventListener('abort', () => {
    feed.close();
  });
  app.use(API_PATH, v1Routes({ settings, users, remediations, guards, unhandled, feed, lifecycle, logger, keeper }));
  app.use(consoleRoutes({ folder: consoleFolder }));
  if (linkSecret === undefined) return;
  const onChange = () => {
    feed.hurry();
  };
  app.use(
    approvalLinkRoutes({ remediations, secret: linkSecret, logger, publicUrl: settings.publicUrl, keeper, onChange }),
  );
  app.use(reportLinkRoutes({ remediations, secret: linkSecret, keeper }));
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
    const traceId = activeTraceId();
    response.once('close', () => {
      const code = response.writableFinished ? response.statusCode : 'aborted';
      metrics.webhookAnswered({ code, seconds: (performance.now() - startedAt) / 1000, traceId });
    });
    next();
  };
}

/** Every error as problem details. What is not ours to show is logged, and answered without a word of it. */
function answerError(logger: Logger, maxDiscardBytes: number): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const problem = problemOf(error);
    if (problem === undefined) logger.error({ err: error }, 'request failed');
    if (response.headersSent) {
      response.destroy();
      return;
    }
    discardRest(request, maxDiscardBytes);
    sendProblem(response, problem ?? new HttpProblem(500, { detail: 'Mendloop has a fault; see its log.' }));
  };
}

function problemOf(error: unknown): HttpProblem | undefined {
  if (error instanceof HttpProblem) return error;
  if (error instanceof URIError)
    return new HttpProblem(400, { detail: 'The path is not percent-encoded as it should be.' });
  if (error instanceof MendloopError && error.type === 'TemporalUnavailable') {
    return comeBackLater(`${error.message}.`, { kind: 'temporal-unavailable' });
  }
  if (error instanceof MendloopError && error.type === 'StoreUnavailable') {
    return comeBackLater(`${error.message}.`, { kind: 'store-unavailable' });
  }
  return undefined;
}
