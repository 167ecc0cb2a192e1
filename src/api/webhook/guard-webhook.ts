import type { RequestHandler } from 'express';
import type { Config } from '../../config/schema.ts';
import { bearerOf, CHALLENGE, isSameSecret, tokenNow } from '../access/bearer.ts';
import type { Doorkeeper } from '../access/doorkeeper.ts';
import { isDirect } from '../access/is-direct.ts';
import { isLoopback } from '../access/loopback.ts';
import { comeBackLater, HttpProblem } from '../http/http-problem.ts';

export interface WebhookGuard {
  readonly settings: Pick<Config['api'], 'host' | 'insecure'>;
  /** Absent: only direct requests to a loopback listener are let in, unless the settings say that everybody is. */
  readonly token: (() => string) | undefined;
  readonly keeper: Doorkeeper;
}

/** Lets Alertmanager in, and refuses every other caller. */
export function guardWebhook({ settings, token, keeper }: WebhookGuard): RequestHandler {
  if (token !== undefined) return requireToken(token, keeper);
  return (request, _response, next) => {
    if (!settings.insecure && !(isLoopback(settings.host) && isDirect(request))) {
      throw keeper.refuse(request, { door: 'webhook', reason: 'not_direct' }, tokenRequired());
    }
    next();
  };
}

/**
 * The token is asked for at each request: a rotated file counts at once. A token that cannot be read or is empty is our
 * fault, so 503 and not 401, which would lose the alerts.
 */
function requireToken(token: () => string, keeper: Doorkeeper): RequestHandler {
  return (request, _response, next) => {
    const expected = tokenNow(token);
    if (expected === '') throw comeBackLater('The webhook token is not available.', { kind: 'token-unavailable' });
    const given = bearerOf(request);
    if (given !== undefined && isSameSecret(given, expected)) {
      next();
      return;
    }
    const [reason, detail] =
      given === undefined
        ? (['token_missing', 'A bearer token is required.'] as const)
        : (['token_wrong', 'The bearer token is wrong.'] as const);
    throw keeper.refuse(request, { door: 'webhook', reason }, new HttpProblem(401, { detail, headers: CHALLENGE }));
  };
}

function tokenRequired(): HttpProblem {
  return new HttpProblem(403, {
    kind: 'token-required',
    detail:
      'Without `api.webhookToken` in the settings the webhook takes alerts only from programs of its own machine that ask ' +
      'it directly at a loopback address.',
  });
}
