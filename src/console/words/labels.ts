import { Outcome } from '../../domain/remediation/outcome.ts';
import { Step } from '../../domain/remediation/remediation.ts';
import type { RemediationSummary } from '../types.ts';

/** How something is to be taken; each has a colour and a sign, and the words beside it say the same. */
export type Tone = 'good' | 'bad' | 'warn' | 'busy' | 'calm';

export interface Label {
  readonly text: string;
  readonly tone: Tone;
}

const OUTCOMES: Readonly<Record<Outcome, Label & { readonly help: string }>> = {
  [Outcome.Remediated]: { text: 'Remediated', tone: 'good', help: 'fresh metrics proved the cure' },
  [Outcome.RolledBack]: { text: 'Rolled back', tone: 'warn', help: 'not proven or harmful, and undone' },
  [Outcome.Escalated]: { text: 'Escalated', tone: 'bad', help: 'handed to a human' },
  [Outcome.Denied]: { text: 'Denied', tone: 'calm', help: 'a budget or a human said no' },
  [Outcome.Observed]: { text: 'Observed', tone: 'calm', help: 'decided, not acted' },
  [Outcome.Suppressed]: { text: 'Suppressed', tone: 'calm', help: 'a guard held it back' },
  [Outcome.Joined]: { text: 'Joined', tone: 'calm', help: "shares another remediation's end" },
  [Outcome.Rejected]: { text: 'Rejected', tone: 'calm', help: 'no policy rule wants it acted on' },
  [Outcome.Expired]: { text: 'Expired', tone: 'warn', help: "an approval's deadline passed" },
  [Outcome.AlreadyHealthy]: { text: 'Already healthy', tone: 'good', help: 'the alert resolved first' },
  [Outcome.Cancelled]: { text: 'Cancelled', tone: 'calm', help: 'by a human; undone' },
};

export const outcomes = Object.values(Outcome);

export function outcomeLabel(outcome: string): Label {
  return isOutcome(outcome) ? OUTCOMES[outcome] : { text: outcome, tone: 'calm' };
}

export function outcomeHelp(outcome: Outcome): string {
  return OUTCOMES[outcome].help;
}

function isOutcome(text: string): text is Outcome {
  return Object.hasOwn(OUTCOMES, text);
}

/** How a remediation stands, from what lists know of it. */
export function stateLabel({ state, outcome, waiting, execution }: RemediationSummary): Label {
  if (state === 'running') {
    if (waiting === 'approval') return { text: 'Needs approval', tone: 'warn' };
    if (waiting === 'turn') return { text: 'Waits its turn', tone: 'calm' };
    return outcome === Outcome.Remediated
      ? { text: 'Cured, watching', tone: 'good' }
      : { text: 'In flight', tone: 'busy' };
  }
  if (outcome !== undefined) return outcomeLabel(outcome);
  return execution === 'completed'
    ? { text: 'Ended', tone: 'calm' }
    : { text: execution.replaceAll('_', ' '), tone: execution === 'cancelled' ? 'calm' : 'bad' };
}

const STEPS: Readonly<Record<Step, string>> = {
  [Step.Deciding]: 'Decide',
  [Step.Preparing]: 'Prepare',
  [Step.Admitting]: 'Admission',
  [Step.Joined]: 'Joined',
  [Step.AwaitingApproval]: 'Approval',
  [Step.Acting]: 'Act',
  [Step.Verifying]: 'Verify',
  [Step.Compensating]: 'Undo',
  [Step.Watching]: 'Watch',
  [Step.Leasing]: 'Lease',
  [Step.Notifying]: 'Notify',
  [Step.Ended]: 'Ended',
};

export function stepLabel(step: string): string {
  return Object.hasOwn(STEPS, step) ? STEPS[step as Step] : step.replaceAll('_', ' ');
}

/** Steps at which a remediation cannot be called back any more. */
export const TOO_LATE: readonly Step[] = [Step.Compensating, Step.Notifying, Step.Ended];
