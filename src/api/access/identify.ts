import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { ALL_ROLES } from '../../domain/decision/roles.ts';
import { comeBackLater, HttpProblem } from '../http/http-problem.ts';
import { isLoopback, isLoopbackUrl } from './loopback.ts';
import { type Principal, setPrincipal } from './principal.ts';

/** A user of the settings, with the token itself, asked for at each request: a rotated file counts at once. */
export interface ApiUser extends Principal {
  readonly token: () => string;
}

export interface IdentifyOptions {
  readonly users: readonly ApiUser[];
  /** Where the API listens. */
  readonly host: string;
}

/** Who sits at the machine that Mendloop runs on. */
const LOCAL: Principal = { name: 'local', roles: [ALL_ROLES] };

const digest = (text: string) => createHash('sha256').update(text).digest();

/**
 * Finds out who makes a request. With users: by their bearer token. Without: whoever reaches a loopback listener
 * directly is `local` and may do everything; any other listener lets nobody in and says what to do about it.
 */
export function identify({ users, host }: IdentifyOptions): RequestHandler {
  return (request, _response, next) => {
    setPrincipal(request, users.length > 0 ? byToken(request, users) : localOnly(request, host));
    next();
  };
}

/**
 * Every token is compared, in constant time and by digest, so that the answer's timing tells neither content, length
 * nor position. A token that two users have would put one's deeds under the other's name: it is nobody's.
 */
function byToken(request: Request, users: readonly ApiUser[]): Principal {
  const given = /^bearer +([^ ]+) *$/i.exec(request.headers.authorization ?? '')?.[1];
  if (given === undefined) throw unauthorized('A bearer token is required.');
  const hash = digest(given);
  const known = users.map((user) => ({ user, token: readToken(user) }));
  const matches = known.filter(({ token }) => timingSafeEqual(hash, digest(token)) && token !== '');
  const [match, other] = matches;
  if (other !== undefined) throw comeBackLater('Two users have this token.', { kind: 'token-ambiguous' });
  if (match !== undefined) return { name: match.user.name, roles: match.user.roles };
  // One that cannot be read may be the one that was sent.
  if (known.some(({ token }) => token === '')) {
    throw comeBackLater("A user's token is not available.", { kind: 'token-unavailable' });
  }
  throw unauthorized('The bearer token is wrong.');
}

function readToken({ token }: ApiUser): string {
  try {
    return token();
  } catch {
    return '';
  }
}

function unauthorized(detail: string): HttpProblem {
  return new HttpProblem(401, { detail, headers: { 'WWW-Authenticate': 'Bearer realm="mendloop"' } });
}

/** Headers by which a proxy on this machine says for whom it asks: then it is not whoever sits here. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'x-forwarded-host', 'via'];

function localOnly(request: Request, host: string): Principal {
  // A page of some other site, whose name was made to lead here, sends that name.
  const isDirect =
    isLoopback(host) &&
    isLoopbackUrl(`http://${request.headers.host ?? ''}`) &&
    FORWARDED.every((name) => request.headers[name] === undefined);
  if (isDirect) return LOCAL;
  throw new HttpProblem(403, {
    kind: 'users-required',
    detail:
      'This API has no users. Give it some with `api.users` in the settings (a name, a token and roles each), ' +
      'or ask it directly at a loopback address.',
  });
}
