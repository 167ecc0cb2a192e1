import { z } from 'zod';
import { type FailureType, MendloopError } from '../../domain/failures.ts';
import { redactText } from '../../domain/text/redact.ts';
import { retryAfterMs } from '../http/retry-after.ts';

const causeSchema = z.object({ reason: z.string().default(''), message: z.string().default('') });

/** What is kept of the API server's `Status` object; the rest of an answer may hold anything. */
const statusSchema = z.looseObject({
  reason: z.string().default(''),
  message: z.string().default(''),
  details: z
    .looseObject({ causes: z.array(causeSchema).optional() })
    .optional()
    .catch(undefined),
});

const MAX_MESSAGE = 300;

/**
 * All that the API server says of a JSON Patch that does not apply: a failed `test`, or a `remove` of what is not there.
 * What validation or an admission policy refuses is a 422 `Invalid`, too, and has a message of its own.
 * Source: `applyJSPatch` in k8s.io/apiserver, which drops the patch library's own words.
 */
const PATCH_FAILED = 'the server rejected our request due to an error in our request';

/** One call, for messages: `PATCH deployments/shop/api/scale`. */
export interface CallName {
  readonly method: string;
  readonly what: string;
}

/** What the API server answered, for those who have to tell more apart than failure types do. */
export interface ServerAnswer {
  /** Of HTTP. */
  readonly status: number;
  /** Of the `Status` object; empty if the answer had none. */
  readonly reason: string;
  readonly message: string;
  /** What the `Status` object says in particular; empty if it says nothing. */
  readonly causes: readonly AnswerCause[];
}

/** Source: Kubernetes API, `StatusCause`. */
export interface AnswerCause {
  readonly reason: string;
  readonly message: string;
}

/** A failure that the API server answered with. */
export class KubernetesFailure extends MendloopError {
  readonly answer: ServerAnswer;

  constructor(type: FailureType, message: string, options: { answer: ServerAnswer; retryAfterMs?: number }) {
    super(type, message, options);
    this.answer = options.answer;
  }
}

/** Whether the patch did not apply to the object as it is: it has changed, or never was as the patch's `test` has it. */
export function isFailedPatch(error: unknown): error is KubernetesFailure {
  return error instanceof KubernetesFailure && error.answer.status === 422 && error.answer.message === PATCH_FAILED;
}

/** Whether a watch was asked to begin at a version that the API server no longer has. */
export function isVersionGone(error: unknown): boolean {
  return error instanceof KubernetesFailure && error.answer.status === 410;
}

/** The failure that an answer of the API server stands for. */
export function failureOf(
  call: CallName,
  answer: { status: number; body: string; retryAfter: string | null },
): KubernetesFailure {
  const { status, body, retryAfter } = answer;
  const said: ServerAnswer = { status, ...readStatus(body) };
  const { reason, message } = said;
  const text = `${call.method} ${call.what}: ${status} ${reason} ${message}`.trim().slice(0, MAX_MESSAGE);
  if (status === 401 || (status === 403 && !message.includes('exceeded quota'))) {
    return new KubernetesFailure('KubernetesForbidden', text, { answer: said });
  }
  if (status === 404) return new KubernetesFailure('TargetNotFound', text, { answer: said });
  if (status === 409) return new KubernetesFailure('TargetChanged', text, { answer: said });
  if (status === 429) {
    const wait = retryAfterMs(retryAfter ?? undefined);
    return new KubernetesFailure('KubernetesThrottled', text, {
      answer: said,
      // Who asks for no wait leaves it to the retry policy, which waits longer each time.
      ...(wait === undefined || wait === 0 ? {} : { retryAfterMs: wait }),
    });
  }
  if (status >= 500) return new KubernetesFailure('KubernetesUnavailable', text, { answer: said });
  return new KubernetesFailure('KubernetesInvalid', text, { answer: said });
}

/**
 * The failure that a call without an answer stands for. The error's own message is dropped: it may carry the request's
 * headers. What `fetch` names as its cause is about the connection.
 */
export function noAnswer(call: CallName, error: unknown): MendloopError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
  const network = cause !== error && cause instanceof Error ? redactText(cause.message) : undefined;
  const why = code ?? network ?? (error instanceof Error ? error.name : 'unknown reason');
  return new MendloopError('KubernetesUnavailable', `${call.method} ${call.what}: no answer (${why})`);
}

/** The failure of a call that was never sent: there are no credentials to send it with. They may come back. */
export function notAuthenticated(call: CallName, error: unknown): MendloopError {
  const why = redactText(error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ');
  const text = `${call.method} ${call.what}: no credentials for the API server (${why.trim()})`;
  return new MendloopError('KubernetesUnavailable', text.slice(0, MAX_MESSAGE));
}

function readStatus(body: string): Omit<ServerAnswer, 'status'> {
  try {
    const parsed = statusSchema.safeParse(JSON.parse(body));
    if (parsed.success) {
      const { reason, message, details } = parsed.data;
      return { reason, message, causes: details?.causes ?? [] };
    }
  } catch {
    // A proxy's page, perhaps: nothing of it is worth repeating.
  }
  return { reason: '', message: '', causes: [] };
}
