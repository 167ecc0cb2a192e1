import { createHash, randomUUID } from 'node:crypto';
import type { Request } from 'express';
import { HttpProblem } from './http-problem.ts';

/**
 * What tells a repeated request from another one: the header `Idempotency-Key`, for this user and this path; without it
 * every request is another one. @throws HttpProblem 400
 */
export function requestIdOf(request: Request, user: string): string {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return randomUUID();
  if (typeof key !== 'string' || key.length === 0 || key.length > 200) {
    throw new HttpProblem(400, { detail: 'Idempotency-Key must have 1 to 200 characters.' });
  }
  return createHash('sha256')
    .update(JSON.stringify([user, request.path, key]))
    .digest('hex');
}
