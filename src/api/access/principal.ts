import type { Request, RequestHandler } from 'express';
import { hasRole, type Role } from '../../domain/decision/roles.ts';
import { HttpProblem } from '../http/http-problem.ts';

/** Who makes a request. */
export interface Principal {
  readonly name: string;
  readonly roles: readonly string[];
}

const principals = new WeakMap<Request, Principal>();

export function setPrincipal(request: Request, principal: Principal): void {
  principals.set(request, principal);
}

/** Who makes the request. Only behind `identify`, which lets nobody pass whom it does not know. */
export function principalOf(request: Request): Principal {
  const principal = principals.get(request);
  if (principal === undefined) throw new Error('a route without identification');
  return principal;
}

/** Refuses whoever has none of the roles, with 403 and their names. */
export function requireRole(...roles: readonly Role[]): RequestHandler {
  return (request, _response, next) => {
    const { name, roles: has } = principalOf(request);
    if (!hasRole(has, roles)) {
      throw new HttpProblem(403, {
        kind: 'role-required',
        detail: `${name} has not the role for this: ${roles.join(' or ')}.`,
      });
    }
    next();
  };
}
