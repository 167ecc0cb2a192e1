import { type PolicyAnswer, policyAnswerSchema } from '../../domain/decision.ts';
import { MendloopError } from '../../domain/failures.ts';

/** Faults of an answer that are told; one is mostly enough. */
const MAX_FAULTS = 5;

/**
 * Checks what a policy answered at `data.mendloop.decision`; undefined stands for no answer.
 *
 * @throws MendloopError `PolicyAnswerInvalid` with the paths of the first faults, never with a value.
 */
export function readAnswer(answer: unknown): PolicyAnswer {
  if (answer === undefined) throw new MendloopError('PolicyAnswerInvalid', 'policy left mendloop/decision undefined');
  const parsed = policyAnswerSchema.safeParse(answer);
  if (parsed.success) return parsed.data;
  // Paths and what was expected: values may come from labels and annotations.
  const faults = parsed.error.issues
    .slice(0, MAX_FAULTS)
    .map(({ path, message }) => `${path.map(String).join('.') || 'decision'}: ${message}`)
    .join('; ');
  throw new MendloopError('PolicyAnswerInvalid', `policy's answer is not a decision: ${faults}`);
}
