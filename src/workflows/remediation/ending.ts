import type { UndoResult } from '../../domain/actions/effects.ts';
import { type BudgetVerdict, isCostKnown } from '../../domain/cost/cost.ts';
import { EvidenceGap, type EvidenceReport } from '../../domain/evidence/evidence-report.ts';
import { Outcome } from '../../domain/remediation/outcome.ts';
import { type Fault, Step } from '../../domain/remediation/remediation.ts';
import { faultOf } from './fault.ts';
import type { CompensationResult } from './saga.ts';

/** Milliseconds after which an alert that goes on is decided anew, without waiting for its sender to repeat it. */
export const LOOK_AGAIN_MS = 600_000;

/** How a remediation is about to end, and what people are told of it. */
export interface Ending {
  readonly outcome: Outcome;
  /** One sentence for people. */
  readonly text: string;
  /** People know already. */
  readonly told?: boolean;
  /** What a human types to undo what the machine could not. */
  readonly manualCommand?: string;
  /** Epoch ms from which on the alert, if it still fires, is entered again. */
  readonly enterAgainAt?: number;
}

/** Nothing has to be done any more. */
export function healthy(): Ending {
  return { outcome: Outcome.AlreadyHealthy, text: 'The alert resolved before anything was changed' };
}

/** The same where a source of evidence was away. */
const ASK_AGAIN_MS = 60_000;

/** Too little speaks for acting now; that may change while the alert fires. */
export function doubted(evidence: EvidenceReport | undefined, text: string): Ending {
  const isAway = evidence?.signals.some(({ reason }) => reason === EvidenceGap.Unavailable) === true;
  const enterAgainAt = Date.now() + (isAway ? ASK_AGAIN_MS : LOOK_AGAIN_MS);
  return { outcome: Outcome.Observed, text: `Not acted: ${text}`, enterAgainAt };
}

/** What cannot be told is a human's to decide; what is told and too much is a no. */
export function refusedMoney(verdict: BudgetVerdict): Ending {
  return { outcome: isCostKnown(verdict) ? Outcome.Denied : Outcome.Escalated, text: verdict.reason };
}

export interface FaultyEnd {
  readonly fault: Fault;
  readonly results: readonly CompensationResult<UndoResult>[];
  readonly manualCommand?: string | undefined;
  /** What was done, or may have been, and cannot be undone; absent: nothing stays. */
  readonly stays?: string | undefined;
}

/** The outcome of a remediation that did not go as planned, from why it failed and how the undo went. */
export function endingAfterFault({ fault, results, manualCommand, stays }: FaultyEnd): Ending {
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
  const undone = restored?.text ?? (stays === undefined ? notChanged(found) : `${stays}; that cannot be undone`);
  if (fault.type === 'Cancelled') return { outcome: Outcome.Cancelled, text: `Cancelled by a human; ${undone}` };
  if (restored !== undefined) return { outcome: Outcome.RolledBack, text: `${because}; ${undone}` };
  return { outcome: Outcome.Escalated, text: `${because}; ${undone}` };
}

/** Where an undo has looked, its own words: it may have found what another hand had put back. */
function notChanged(found: readonly UndoResult[]): string {
  return found.find((result) => result.status === 'nothing_to_undo')?.text ?? 'nothing had been changed';
}
