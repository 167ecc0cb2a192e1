import type { Request, RequestHandler } from 'express';
import { hasRole, type Role } from '../../domain/decision/roles.ts';
import { HttpProblem } from '../http/http-problem.ts';

/** Who makes a request. */
export interface Principal {
  readonly name: string;
  readonly roles: readonly string[];
}

interface Identified {
  readonly principal: Principal;
  readonly isStillGood: () => boolean;
}

const identified = new WeakMap<Request, Identified>();

/** `isStillGood`: whether what the request was identified by would do so now. */
export function setPrincipal(request: Request, principal: Principal, isStillGood: () => boolean): void {
  identified.set(request, { principal, isStillGood });
}

/** Who makes the request. Only behind `identify`, which lets nobody pass whom it does not know. */
export function principalOf(request: Request): Principal {
  return identificationOf(request).principal;
}

/** Whether that would be so if the request were made now: for answers that last. */
export function isStillGood(request: Request): boolean {
  return identificationOf(request).isStillGood();
}

function identificationOf(request: Request): Identified {
  const known = identified.get(request);
  if (known === undefined) throw new Error('a route without identification');
  return known;
}

/** Refuses a caller who has none of the roles, with 403 and their names. */
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
