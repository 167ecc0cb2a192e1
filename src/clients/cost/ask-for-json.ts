import { MendloopError } from '../../domain/failures.ts';
import type { HttpEndpoint, HttpRequest } from '../http/http-endpoint.ts';
import { HttpFailure } from '../http/http-failure.ts';

/**
 * The JSON that an HTTP server answers with. Nothing of the answer is in any message.
 *
 * @throws MendloopError `CostUnavailable` if there is no answer, a status other than 2xx, or no JSON.
 */
export async function askForJson(http: HttpEndpoint, request: HttpRequest): Promise<unknown> {
  const response = await http.request(request).catch((error: unknown) => {
    throw error instanceof HttpFailure ? new MendloopError('CostUnavailable', error.message) : error;
  });
  const { status, text, retryAfterMs } = response;
  if (status < 200 || status > 299) {
    throw new MendloopError('CostUnavailable', `${http.name} answered ${status}`, {
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new MendloopError('CostUnavailable', `${http.name} answered something that is no JSON`);
  }
}
