import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import { comeBackLater, HttpProblem } from '../http/http-problem.ts';

const digest = (text: string) => createHash('sha256').update(text).digest();

/**
 * Lets a request pass that carries the token. Digests are compared, in constant time, so that neither the token's
 * content nor its length shows in the answer's timing. The token is asked for at each request: a rotated file counts
 * at once. A token that cannot be read or is empty is our fault, so 503 and not 401, which would lose the alerts.
 */
export function requireBearerToken(token: () => string): RequestHandler {
  return (request, _response, next) => {
    const expected = readToken(token);
    if (expected === '') throw comeBackLater('The webhook token is not available.', { kind: 'token-unavailable' });
    const given = /^bearer +([^ ]+) *$/i.exec(request.headers.authorization ?? '')?.[1];
    if (!timingSafeEqual(digest(given ?? ''), digest(expected))) {
      throw new HttpProblem(401, {
        detail: given === undefined ? 'A bearer token is required.' : 'The bearer token is wrong.',
        headers: { 'WWW-Authenticate': 'Bearer realm="mendloop"' },
      });
    }
    next();
  };
}

function readToken(token: () => string): string {
  try {
    return token();
  } catch {
    return '';
  }
}
