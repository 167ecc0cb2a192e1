import type { RequestHandler } from 'express';
import { HttpProblem } from './http-problem.ts';

/** For what is left of a path: 405 with the methods that it takes, `GET, HEAD`. */
export function onlyAllow(methods: string): RequestHandler {
  return () => {
    throw new HttpProblem(405, { detail: `This path takes ${methods} only.`, headers: { Allow: methods } });
  };
}
