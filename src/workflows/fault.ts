import { ActivityFailure, ApplicationFailure, isCancellation, TimeoutFailure } from '@temporalio/workflow';
import { type FailureType, isFailureType } from '../domain/failures.ts';
import type { Fault, Step } from '../domain/remediation.ts';

/** What a step that ran out of all its retries without an answer is called. */
const TIMEOUT_MEANS: Partial<Record<Step, FailureType>> = {
  deciding: 'PolicyUnavailable',
  inspecting: 'KubernetesUnavailable',
  acting: 'KubernetesUnavailable',
  awaiting_ready: 'RolloutTimedOut',
  verifying: 'VerificationInconclusive',
};

/** What an activity threw. The SDK wraps the failure of an ordinary activity, and not that of a local one. */
export function causeOf(error: unknown): unknown {
  return error instanceof ActivityFailure ? error.cause : error;
}

/** The typed reason behind whatever a step threw. */
export function faultOf(error: unknown, step: Step): Fault {
  const cause = causeOf(error);
  if (isCancellation(error)) return { type: 'Cancelled', message: 'cancelled by a human', step };
  if (cause instanceof ApplicationFailure) {
    return { type: isFailureType(cause.type) ? cause.type : 'Internal', message: cause.message, step };
  }
  if (cause instanceof TimeoutFailure) {
    return { type: TIMEOUT_MEANS[step] ?? 'Internal', message: `no answer in time (${cause.timeoutType})`, step };
  }
  // A plain error is a fault of ours; its text may hold anything, so only its name is kept.
  return { type: 'Internal', message: cause instanceof Error ? cause.name : 'unknown error', step };
}

/** A failure raised by workflow code itself. */
export function fail(type: FailureType, message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, type);
}
