import { z } from 'zod';
import { MendloopError } from '../../domain/failures.ts';

/** What is kept of the API server's `Status` object; the rest of an answer may hold anything. */
const statusSchema = z.looseObject({ reason: z.string().default(''), message: z.string().default('') });

const MAX_MESSAGE = 300;

/** One call, for messages: `PATCH deployments/shop/api/scale`. */
export interface CallName {
  readonly method: string;
  readonly what: string;
}

/** The failure that an answer of the API server stands for. */
export function failureOf(
  call: CallName,
  answer: { status: number; body: string; retryAfter: string | null },
): MendloopError {
  const { status, body, retryAfter } = answer;
  const { reason, message } = readStatus(body);
  const text = `${call.method} ${call.what}: ${status} ${reason} ${message}`.trim().slice(0, MAX_MESSAGE);
  if (status === 401 || (status === 403 && !message.includes('exceeded quota'))) {
    return new MendloopError('KubernetesForbidden', text);
  }
  if (status === 404) return new MendloopError('TargetNotFound', text);
  if (status === 409) return new MendloopError('TargetChanged', text);
  if (status === 429) {
    const seconds = Number(retryAfter ?? 'NaN');
    return new MendloopError(
      'KubernetesThrottled',
      text,
      Number.isFinite(seconds) ? { retryAfterMs: seconds * 1000 } : {},
    );
  }
  if (status >= 500) return new MendloopError('KubernetesUnavailable', text);
  return new MendloopError('KubernetesInvalid', text);
}

/** The failure that a call without an answer stands for. The cause is dropped: it may carry the request's headers. */
export function noAnswer(call: CallName, error: unknown): MendloopError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
  const why = code ?? (error instanceof Error ? error.name : 'unknown reason');
  return new MendloopError('KubernetesUnavailable', `${call.method} ${call.what}: no answer (${why})`);
}

function readStatus(body: string): { reason: string; message: string } {
  try {
    const parsed = statusSchema.safeParse(JSON.parse(body));
    if (parsed.success) return parsed.data;
  } catch {
    // A proxy's page, perhaps: nothing of it is worth repeating.
  }
  return { reason: '', message: '' };
}
