import { defined } from '../../domain/defined.ts';
import { MendloopError } from '../../domain/failures.ts';
import { REDACTED, redactText } from '../../domain/text/redact.ts';
import type { HttpEndpoint, HttpRequest, HttpResponse } from '../http/http-endpoint.ts';
import { HttpFailure } from '../http/http-failure.ts';

/** Below 500, what the same request may be granted later. */
const LATER: ReadonlySet<number> = new Set([408, 425, 429]);

/** Longest explanation of the other side that is passed on. */
const MAX_EXPLANATION = 300;

/** What is shorter is no secret worth the name, and hiding it would garble the words. */
const MIN_SECRET = 8;

export interface Shipment {
  /** Name of the channel, for messages. */
  readonly channel: string;
  readonly http: HttpEndpoint;
  readonly request: Omit<HttpRequest, 'method' | 'signal' | 'path'> & {
    readonly signal: AbortSignal | undefined;
    /** Absent: the endpoint's own. */
    readonly path?: string;
  };
  /** Whether the other side's own words on a refusal may be passed on. */
  readonly explain: boolean;
  /** What those words must not repeat. */
  readonly hide?: readonly string[];
  /** Refusals that mean that there is nothing to do. */
  readonly ignore?: readonly number[];
}

/**
 * Posts once. 2xx is delivered. No answer, 408, 425, 429 and 5xx are `NotificationFailed`; whatever else is refused for
 * good: `NotificationRejected`.
 */
export async function deliver({ channel, http, request, explain, hide = [], ignore = [] }: Shipment): Promise<void> {
  const { signal, ...rest } = request;
  let response: HttpResponse;
  try {
    response = await http.request({ method: 'POST', path: '', ...rest, ...defined({ signal }) });
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error;
    throw new MendloopError('NotificationFailed', `channel ${channel}: ${error.message}`);
  }
  const { status, text, retryAfterMs } = response;
  if ((status >= 200 && status < 300) || ignore.includes(status)) return;
  const words = explain && text !== '' ? `: ${explanation(text, hide)}` : '';
  const message = `channel ${channel}: ${http.name} answered ${status}${words}`;
  if (status < 500 && !LATER.has(status)) throw new MendloopError('NotificationRejected', message);
  throw new MendloopError('NotificationFailed', message, retryAfterMs === undefined ? {} : { retryAfterMs });
}

/** Without our own secrets, even where the other side repeats them. */
function explanation(text: string, hide: readonly string[]): string {
  const hidden = hide.reduce(
    (words, secret) => (secret.length < MIN_SECRET ? words : words.replaceAll(secret, REDACTED)),
    text,
  );
  return redactText(hidden).slice(0, MAX_EXPLANATION).trim();
}

/** Headers of a JSON body. */
export const JSON_HEADERS = { 'content-type': 'application/json' } as const;
