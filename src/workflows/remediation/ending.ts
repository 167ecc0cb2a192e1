import type { RestoreResult } from '../../domain/actions/effects.ts';
import { Outcome } from '../../domain/remediation/outcome.ts';
import { type Fault, Step } from '../../domain/remediation/remediation.ts';
import { faultOf } from './fault.ts';
import type { CompensationResult } from './saga.ts';

/** How a remediation is about to end, and what people are told of it. */
export interface Ending {
  readonly outcome: Outcome;
  /** One sentence for people. */
  readonly text: string;
  /** People know already. */
  readonly told?: boolean;
  /** What a human types to undo what the machine could not. */
  readonly manualCommand?: string;
}

/** The outcome of a remediation that did not go as planned, from why it failed and how the undo went. */
export function endingAfterFault(
  fault: Fault,
  results: readonly CompensationResult<RestoreResult>[],
  manualCommand?: string,
): Ending {
  const because = `${fault.type}: ${fault.message}`;
  const failed = results.find((result) => !result.ok);
  if (failed !== undefined) {
    const reason = faultOf(failed.error, Step.Compensating).message;
    return {
      outcome: Outcome.Escalated,
      text: `${because}. Undoing "${failed.name}" failed (${reason}): undo it by hand`,
      ...(manualCommand === undefined ? {} : { manualCommand }),
    };
  }

  const found = results.flatMap((result) => (result.ok ? [result.result] : []));
  const foreign = found.find((result) => result.status === 'left_alone');
  if (foreign !== undefined) {
    return {
      outcome: Outcome.Escalated,
      text:
        `${because}. Left alone: we had set ${foreign.expected}, ` +
        `${foreign.by} has changed it since and it is ${foreign.found} now`,
    };
  }
  if (found.some((result) => result.status === 'gone')) {
    return { outcome: Outcome.Escalated, text: `${because}. The target no longer exists, nothing to undo` };
  }

  const restored = found.find((result) => result.status === 'restored');
  const undone = restored === undefined ? 'nothing had been changed' : `put back to ${restored.after}`;
  if (fault.type === 'Cancelled') return { outcome: Outcome.Cancelled, text: `Cancelled by a human; ${undone}` };
  if (restored !== undefined) return { outcome: Outcome.RolledBack, text: `${because}; ${undone}` };
  const outcome = fault.type === 'TargetHeld' ? Outcome.Suppressed : Outcome.Escalated;
  return { outcome, text: `${because}; ${undone}` };
}
