import type { Request } from 'express';
import type { z } from 'zod';
import { HttpProblem, type ProblemItem } from './http-problem.ts';

/** The query of a request as an object of texts; the `lists` keys as lists. @throws HttpProblem 400 */
function readQuery(request: Request, lists: readonly string[]): Record<string, string | string[]> {
  const { searchParams } = new URL(request.originalUrl, 'http://api.invalid');
  const names = [...new Set(searchParams.keys())];
  const repeated = names.filter((name) => !lists.includes(name) && searchParams.getAll(name).length > 1);
  if (repeated.length > 0) {
    throw invalidQuery(repeated.map((name) => ({ path: name, message: 'stands more than once' })));
  }
  // From entries, so that a parameter named __proto__ stays one.
  return Object.fromEntries(
    names.map((name) => [name, lists.includes(name) ? searchParams.getAll(name) : (searchParams.get(name) ?? '')]),
  );
}

/** The query of a request, checked. @throws HttpProblem 400 naming each parameter that is wrong, without its value. */
export function parseQuery<S extends z.ZodType>(
  request: Request,
  schema: S,
  lists: readonly string[] = [],
): z.infer<S> {
  const result = schema.safeParse(readQuery(request, lists));
  if (!result.success) throw invalidQuery(problemItems(result.error));
  return result.data;
}

export function invalidQuery(errors: readonly ProblemItem[]): HttpProblem {
  return new HttpProblem(400, { kind: 'query-invalid', detail: 'The query has faults.', errors });
}

/** What a schema finds wrong, key by key. No message holds a value. */
export function problemItems(error: z.ZodError): ProblemItem[] {
  return error.issues.slice(0, 20).flatMap((issue): ProblemItem[] => {
    const path = issue.path.map(String).join('.');
    if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
    return issue.keys.slice(0, 20).map((key) => ({
      path: [path, key.slice(0, 100).toWellFormed()].filter((part) => part !== '').join('.'),
      message: 'is not known here',
    }));
  });
}
