import type { z } from 'zod';
import type { Endpoint } from '../../../config/endpoint.ts';
import { MendloopError } from '../../../domain/failures.ts';
import { redactText } from '../../../domain/text/redact.ts';
import { createHttpEndpoint, type HttpRequest, type HttpResponse } from '../../http/http-endpoint.ts';
import { HttpFailure } from '../../http/http-failure.ts';

/** Below 500, what the same request may be granted later. */
const LATER: ReadonlySet<number> = new Set([408, 425, 429]);

/** Longest explanation of Alertmanager that is passed on. */
const MAX_EXPLANATION = 300;

/** An answer, and the time at which Alertmanager gave it, by its own clock, in milliseconds, to the second below. */
export interface Answer<T> {
  readonly content: T;
  readonly now: number;
}

/** Alertmanager's API v2, as far as it is asked here. Source: its `api/v2/openapi.yaml`. */
export interface AlertmanagerApi {
  /**
   * @throws MendloopError `AlertmanagerUnavailable` where trying again can help, else `AlertmanagerRefused`; also when the
   *   answer is not as documented.
   */
  ask<T>(request: HttpRequest, schema: z.ZodType<T>): Promise<Answer<T>>;
  /** The same, the answer whatever its status; throws only if there is none. */
  tryAsk(request: HttpRequest): Promise<HttpResponse>;
  /** What an answer that is no success throws. */
  refusal(response: HttpResponse): MendloopError;
  close(): Promise<void>;
}

export function createAlertmanagerApi(endpoint: Endpoint): AlertmanagerApi {
  const http = createHttpEndpoint(endpoint);

  async function tryAsk(request: HttpRequest): Promise<HttpResponse> {
    try {
      return await http.request({ ...request, path: `/api/v2${request.path}` });
    } catch (error) {
      if (!(error instanceof HttpFailure)) throw error;
      throw new MendloopError('AlertmanagerUnavailable', error.message);
    }
  }

  function refusal({ status, text, retryAfterMs }: HttpResponse): MendloopError {
    const words = text === '' ? '' : `: ${redactText(text).slice(0, MAX_EXPLANATION).trim()}`;
    const message = `${http.name} answered ${status}${words}`;
    if (status < 500 && !LATER.has(status)) return new MendloopError('AlertmanagerRefused', message);
    return new MendloopError('AlertmanagerUnavailable', message, retryAfterMs === undefined ? {} : { retryAfterMs });
  }

  return {
    tryAsk,
    refusal,
    async ask(request, schema) {
      const response = await tryAsk(request);
      if (response.status < 200 || response.status >= 300) throw refusal(response);
      const answer = schema.safeParse(jsonOf(response.text));
      if (!answer.success) {
        throw new MendloopError('AlertmanagerRefused', `${http.name} gave an answer that is not Alertmanager's`);
      }
      const date = response.headers['date'];
      const now = typeof date === 'string' ? Date.parse(date) : Number.NaN;
      return { content: answer.data, now: Number.isNaN(now) ? Date.now() : now };
    },
    close: () => http.close(),
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
