import { ActivityFailure, ApplicationFailure, isCancellation, TimeoutFailure } from '@temporalio/workflow';
import type { Activities } from '../../activities/index.ts';
import { type FailureType, isFailureType } from '../../domain/failures.ts';
import { defined } from '../../domain/defined.ts';
import { preconditionsOf } from '../../domain/precondition/preconditions-of.ts';
import type { Fault, Step } from '../../domain/remediation/remediation.ts';

/** What it is called when an activity ran out of all its retries without an answer: the other side hangs. */
const SILENT: Partial<Record<keyof Activities, FailureType>> = {
  previewChange: 'KubernetesUnavailable',
  measureSignal: 'PrometheusUnavailable',
  gatherEvidence: 'PrometheusUnavailable',
  prepare: 'KubernetesUnavailable',
  admit: 'StoreUnavailable',
  leave: 'StoreUnavailable',
  recordAudit: 'AuditUnavailable',
};

/** What a step that ran out of all its retries without an answer is called. */
const TIMEOUT_MEANS: Partial<Record<Step, FailureType>> = {
  deciding: 'PolicyUnavailable',
  acting: 'KubernetesUnavailable',
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
    const type = isFailureType(cause.type) ? cause.type : 'Internal';
    return { type, message: cause.message, step, ...defined({ preconditions: preconditionsOf(cause) }) };
  }
  if (cause instanceof TimeoutFailure) {
    const type = silentOf(error) ?? TIMEOUT_MEANS[step] ?? 'Internal';
    return { type, message: `no answer in time (${cause.timeoutType})`, step };
  }
  // A plain error is a fault of ours; its text may hold anything, so only its name is kept.
  return { type: 'Internal', message: cause instanceof Error ? cause.name : 'unknown error', step };
}

function silentOf(error: unknown): FailureType | undefined {
  return error instanceof ActivityFailure ? SILENT[error.activityType as keyof Activities] : undefined;
}

/** A failure raised by workflow code itself. */
export function fail(type: FailureType, message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, type);
}
