import { CancelledFailure } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { isRetryable, MendloopError } from '../domain/failures.ts';

/**
 * What an activity throws for an error of ours: an `ApplicationFailure` of the same type that says whether it is
 * retryable and when. Anything unforeseen becomes `Internal` without its stack or cause, because failures are stored
 * in plain text in workflow histories. Cancellation and failures already made pass through.
 */
export function toApplicationFailure(error: unknown): Error {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  if (error instanceof MendloopError) {
    return ApplicationFailure.create({
      type: error.type,
      message: error.message,
      nonRetryable: !isRetryable(error.type),
      ...(error.details.length === 0 ? {} : { details: [...error.details] }),
      ...(error.retryAfterMs === undefined ? {} : { nextRetryDelay: error.retryAfterMs }),
    });
  }
  const name = error instanceof Error ? error.name : typeof error;
  return ApplicationFailure.create({ type: 'Internal', message: `unforeseen ${name}`, nonRetryable: true });
}
