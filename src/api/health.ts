import { Router } from 'express';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Lifecycle } from './http/lifecycle.ts';

export interface Readiness {
  /** Whether Temporal answers. May hang or reject; both count as no. */
  temporal(): Promise<boolean>;
  /** Whether the store answers. May hang or reject; both count as no. */
  store(): Promise<boolean>;
  /** Whether a policy bundle is loaded. */
  policy(): boolean;
}

export interface HealthOptions {
  readonly readiness: Readiness;
  readonly metrics: Metrics;
  readonly lifecycle: Lifecycle;
}

/** Shorter than the timeout of a usual probe, so that the answer names the check that hangs. */
const TIMEOUT_MS = 900;
/** Many probes at once ask each server once. */
const CACHE_MS = 1000;

/** `/healthz`: the process lives. `/readyz`: it can take webhooks, with each check. `/metrics`: for Prometheus. */
export function healthRoutes({ readiness, metrics, lifecycle }: HealthOptions): Router {
  const router = Router();
  const temporal = shared(() => withinTimeout(readiness.temporal()));
  const store = shared(() => withinTimeout(readiness.store()));

  router.get('/healthz', (_request, response) => {
    response.json({ status: 'alive' });
  });
  router.get('/readyz', async (_request, response) => {
    const [temporalAnswers, storeAnswers] = await Promise.all([temporal(), store()]);
    const checks = {
      ...{ temporal: temporalAnswers, store: storeAnswers },
      ...{ policy: readiness.policy(), accepting: !lifecycle.draining },
    };
    const ready = Object.values(checks).every(Boolean);
    response.status(ready ? 200 : 503).set('Cache-Control', 'no-store');
    response.json({ status: ready ? 'ready' : 'unready', checks });
  });
  router.get('/metrics', async (request, response) => {
    const { contentType, body } = await metrics.scrape(request.headers.accept);
    // Written as it is: express would put its own charset behind a type that it does not know.
    response.setHeader('Content-Type', contentType);
    response.end(body);
  });
  return router;
}

/** One look for all who ask while it lasts and for at most a second from its beginning. */
function shared(look: () => Promise<boolean>): () => Promise<boolean> {
  let last: { readonly at: number; readonly result: Promise<boolean> } | undefined;
  return () => {
    const now = performance.now();
    if (last === undefined || now - last.at >= CACHE_MS) last = { at: now, result: look() };
    return last.result;
  };
}

async function withinTimeout(check: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, TIMEOUT_MS, false);
  });
  try {
    return await Promise.race([check.catch(() => false), late]);
  } finally {
    clearTimeout(timer);
  }
}
