import { MendloopError } from '../../domain/failures.ts';
import { redactText } from '../../domain/redact.ts';
import type { HttpEndpoint, HttpRequest, HttpResponse } from '../http/http-endpoint.ts';
import { HttpFailure } from '../http/http-failure.ts';

/** Below 500, what the same request may be granted later. */
const LATER: ReadonlySet<number> = new Set([408, 425, 429]);

/** Longest explanation of the other side that is passed on. */
const MAX_EXPLANATION = 300;

export interface Shipment {
  /** Name of the channel, for messages. */
  readonly channel: string;
  readonly http: HttpEndpoint;
  readonly request: HttpRequest;
  /** Whether the other side's own words on a refusal may be passed on. */
  readonly explain: boolean;
}

/**
 * Sends once. 2xx is delivered. No answer, 408, 425, 429 and 5xx are `NotificationFailed`; whatever else is refused for
 * good: `NotificationRejected`.
 */
export async function deliver({ channel, http, request, explain }: Shipment): Promise<void> {
  let response: HttpResponse;
  try {
    response = await http.request(request);
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error;
    throw new MendloopError('NotificationFailed', `channel ${channel}: ${error.message}`);
  }
  const { status, text, retryAfterMs } = response;
  if (status >= 200 && status < 300) return;
  const words = explain && text !== '' ? `: ${redactText(text).slice(0, MAX_EXPLANATION).trim()}` : '';
  const message = `channel ${channel}: ${http.name} answered ${status}${words}`;
  if (status < 500 && !LATER.has(status)) throw new MendloopError('NotificationRejected', message);
  throw new MendloopError('NotificationFailed', message, retryAfterMs === undefined ? {} : { retryAfterMs });
}
