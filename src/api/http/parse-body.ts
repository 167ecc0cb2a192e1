import type { Request } from 'express';
import type { z } from 'zod';
import { HttpProblem } from './http-problem.ts';
import { problemItems } from './query-parameters.ts';
import { readJson } from './read-json.ts';

/** Bodies of `/api/v1` are a reason and little else. */
const MAX_BODY_BYTES = 64 * 1024;

/** The JSON body of a request, checked. @throws HttpProblem 413, 415, or 400 naming each key that is wrong. */
export async function parseBody<S extends z.ZodType>(request: Request, schema: S): Promise<z.infer<S>> {
  const result = schema.safeParse(await readJson(request, MAX_BODY_BYTES));
  if (result.success) return result.data;
  throw new HttpProblem(400, {
    kind: 'body-invalid',
    detail: 'The body has faults.',
    errors: problemItems(result.error),
  });
}
