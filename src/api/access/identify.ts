import type { RequestHandler } from 'express';
import { comeBackLater, HttpProblem } from '../http/http-problem.ts';
import { bearerOf, CHALLENGE, isSameSecret, tokenNow } from './bearer.ts';
import type { Doorkeeper } from './doorkeeper.ts';
import { doorOf } from './door-of.ts';
import { type Principal, setPrincipal } from './principal.ts';

/** A user of the settings, with the token itself, asked for at each request: a rotated file counts at once. */
export interface ApiUser extends Principal {
  readonly token: () => string;
}

export interface IdentifyOptions {
  readonly users: readonly ApiUser[];
  readonly keeper: Doorkeeper;
}

/**
 * Finds out who makes a request: by a bearer token, and by nothing else. No address makes anybody anything: a proxy on
 * this machine has the same one as its owner. Without users every caller is refused.
 */
export function identify({ users, keeper }: IdentifyOptions): RequestHandler {
  return (request, _response, next) => {
    const given = bearerOf(request);
    const found = findUser(given, users);
    if (found.status === 'refused') {
      throw keeper.refuse(request, { door: doorOf(request), reason: found.reason }, found.problem);
    }
    if (found.status === 'unavailable') throw found.problem;
    const { name, roles } = found.user;
    // For answers that last: a token that was rotated or withdrawn since is no longer one.
    const isStillGood = () => {
      const now = findUser(given, users);
      return now.status === 'found' && now.user.name === name;
    };
    setPrincipal(request, { name, roles }, isStillGood);
    next();
  };
}

type Finding =
  | { readonly status: 'found'; readonly user: ApiUser }
  | {
      readonly status: 'refused';
      readonly reason: 'token_missing' | 'token_wrong' | 'users_required';
      readonly problem: HttpProblem;
    }
  | { readonly status: 'unavailable'; readonly problem: HttpProblem };

/**
 * Every token is compared, so that timing does not tell the place of one among the others. A token that two users have
 * would put one's deeds under the other's name: it is nobody's.
 */
function findUser(given: string | undefined, users: readonly ApiUser[]): Finding {
  if (users.length === 0) return { status: 'refused', reason: 'users_required', problem: usersRequired() };
  if (given === undefined) {
    return { status: 'refused', reason: 'token_missing', problem: unauthorized('A bearer token is required.') };
  }
  const known = users.map((user) => ({ user, token: tokenNow(user.token) }));
  const [match, other] = known.filter(({ token }) => isSameSecret(given, token) && token !== '');
  if (other !== undefined) {
    return { status: 'unavailable', problem: comeBackLater('Two users have this token.', { kind: 'token-ambiguous' }) };
  }
  if (match !== undefined) return { status: 'found', user: match.user };
  // One that cannot be read may be the one that was sent.
  if (known.some(({ token }) => token === '')) {
    const problem = comeBackLater("A user's token is not available.", { kind: 'token-unavailable' });
    return { status: 'unavailable', problem };
  }
  return { status: 'refused', reason: 'token_wrong', problem: unauthorized('The bearer token is wrong.') };
}

function unauthorized(detail: string): HttpProblem {
  return new HttpProblem(401, { detail, headers: CHALLENGE });
}

function usersRequired(): HttpProblem {
  return new HttpProblem(403, {
    kind: 'users-required',
    detail: 'This API has no users. Give it some with `api.users` in the settings: a name, a token and roles each.',
  });
}
