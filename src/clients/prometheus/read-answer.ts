import type { z } from 'zod';
import { MendloopError } from '../../domain/failures.ts';
import type { HttpResponse } from '../http/http-endpoint.ts';
import { type QueryResult, responseSchema } from './response-schema.ts';

/** Longest text of the other side's own, in characters, that is passed on. */
const MAX_MESSAGE = 300;

/**
 * What an answer of the query API says. `server` is its name for messages.
 *
 * @throws MendloopError `QueryInvalid` for 400 that is explained as `bad_data`: the expression cannot be read. All else
 * that is not a result is `PrometheusUnavailable`, with the time that `Retry-After` asks for; 422 `execution` too, because
 * it depends on data, load and limits: Thanos says so while no store answers, and a query may match tomorrow what it does
 * not match today.
 */
export function readAnswer(server: string, { status, text, retryAfterMs }: HttpResponse): QueryResult {
  const parsed = responseSchema.safeParse(parseJson(text));
  const answer = parsed.success ? parsed.data : undefined;
  if (answer?.status === 'success' && status < 300) return { ...answer.data, warnings: warningsOf(answer) };
  if (answer?.status === 'error' && status === 400 && answer.errorType === 'bad_data') {
    throw new MendloopError('QueryInvalid', `Prometheus refused the query: ${answer.error.slice(0, MAX_MESSAGE)}`);
  }
  throw new MendloopError('PrometheusUnavailable', `${server}: ${explain(status, answer)}`, {
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

function warningsOf({ warnings, isPartial }: Extract<z.infer<typeof responseSchema>, { status: 'success' }>): string[] {
  return [...(warnings ?? []), ...(isPartial === true ? ['isPartial'] : [])];
}

function explain(status: number, answer: z.infer<typeof responseSchema> | undefined): string {
  if (status === 401 || status === 403) return `it refused the credentials (${status})`;
  if (answer?.status === 'error') return `${answer.errorType} (${status}): ${answer.error}`.slice(0, MAX_MESSAGE);
  // The body is not repeated: it may be anybody's page.
  return `status ${status}, and not an answer of the query API`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
