import { MendloopError } from '../../domain/failures.ts';
import type { HttpResponse } from '../http/http-endpoint.ts';
import { type QueryResult, responseSchema } from './response-schema.ts';

/** Longest text of the other side's own, in characters, that is passed on. */
const MAX_MESSAGE = 300;

/**
 * What an answer of the query API says. `server` is its name for messages.
 *
 * @throws MendloopError `QueryInvalid` for 400 and 422 that Prometheus explains, `PrometheusUnavailable` for all else
 * that is not a result; with the time that `Retry-After` asks for.
 */
export function readAnswer(server: string, { status, text, retryAfterMs }: HttpResponse): QueryResult {
  const parsed = responseSchema.safeParse(parseJson(text));
  const answer = parsed.success ? parsed.data : undefined;
  if (answer?.status === 'success' && status < 300) return { ...answer.data, warnings: answer.warnings ?? [] };
  if (answer?.status === 'error' && (status === 400 || status === 422)) {
    throw new MendloopError('QueryInvalid', `Prometheus refused the query: ${answer.error.slice(0, MAX_MESSAGE)}`);
  }
  throw new MendloopError('PrometheusUnavailable', `${server}: ${explain(status, answer)}`, {
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

function explain(status: number, answer: { status: string; errorType?: string } | undefined): string {
  if (status === 401 || status === 403) return `it refused the credentials (${status})`;
  if (answer?.errorType !== undefined) return `${answer.errorType.slice(0, MAX_MESSAGE)} (${status})`;
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
