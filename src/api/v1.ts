import { type RequestHandler, Router } from 'express';
import type { Config } from '../config/schema.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Doorkeeper } from './access/doorkeeper.ts';
import { doorOf } from './access/door-of.ts';
import { type ApiUser, identify } from './access/identify.ts';
import { principalOf } from './access/principal.ts';
import { refuseCrossSite } from './access/refuse-cross-site.ts';
import type { ChangeFeed } from './events/change-feed.ts';
import { actionRoutes } from './actions/action-routes.ts';
import { eventRoutes } from './events/event-routes.ts';
import { StreamSlots } from './events/stream-slots.ts';
import { guardRoutes } from './guards/guard-routes.ts';
import type { GuardStore } from '../store/store.ts';
import type { UnhandledStore } from '../store/unhandled/unhandled-store.ts';
import type { Lifecycle } from './http/lifecycle.ts';
import { onlyAllow } from './http/only-allow.ts';
import { remediationRoutes } from './remediations/remediation-routes.ts';
import { unhandledRoutes } from './unhandled/unhandled-routes.ts';
import type { Remediations } from './remediations/remediations.ts';

export interface V1Parts {
  readonly settings: Pick<Config['api'], 'publicUrl' | 'maxEventStreams' | 'maxEventStreamsPerUser'>;
  readonly users: readonly ApiUser[];
  readonly remediations: Remediations;
  readonly guards: GuardStore;
  readonly unhandled: Pick<UnhandledStore, 'list'>;
  readonly feed: ChangeFeed;
  readonly lifecycle: Lifecycle;
  readonly logger: Logger;
  readonly keeper: Doorkeeper;
}

/** `/api/v1`: what people and programs use, each known by name. */
export function v1Routes({
  settings,
  users,
  remediations,
  guards,
  unhandled,
  feed,
  lifecycle,
  logger,
  keeper,
}: V1Parts): Router {
  const router = Router();
  const onChange = () => {
    feed.hurry();
  };
  router.use(
    noStore,
    refuseCrossSite({ ...settings, keeper, door: doorOf }),
    identify({ users, keeper }),
    logChanges(logger),
  );
  router.get('/me', (request, response) => {
    response.json(principalOf(request));
  });
  router.all('/me', onlyAllow('GET, HEAD'));
  router.use(remediationRoutes({ remediations, onChange }));
  router.use(guardRoutes({ guards, onChange }));
  router.use(unhandledRoutes({ unhandled }));
  router.use(actionRoutes());
  router.use(eventRoutes({ feed, lifecycle, slots: new StreamSlots(settings) }));
  router.all('/events', onlyAllow('GET, HEAD'));
  return router;
}

const noStore: RequestHandler = (_request, response, next) => {
  response.set({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' });
  next();
};

/** Who asked for what, and what was answered; what was done is in the workflow's history. */
function logChanges(logger: Logger): RequestHandler {
  return (request, response, next) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      const { name } = principalOf(request);
      response.once('close', () => {
        logger.info({ user: name, path: request.originalUrl, status: response.statusCode }, 'request of a person');
      });
    }
    next();
  };
}
