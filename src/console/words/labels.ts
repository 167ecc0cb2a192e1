import { Outcome } from '../../domain/remediation/outcome.ts';
import { OUTCOME_WORDS, type OutcomeTone } from '../../domain/remediation/outcome-words.ts';
import { Step } from '../../domain/remediation/remediation.ts';
import type { RemediationSummary } from '../types.ts';

/** How something is to be taken; each has a colour and a sign, and the words beside it say the same. */
export type Tone = OutcomeTone | 'busy';

export interface Label {
  readonly text: string;
  readonly tone: Tone;
}

export const outcomes = Object.values(Outcome);

export function outcomeLabel(outcome: string): Label {
  return isOutcome(outcome) ? OUTCOME_WORDS[outcome] : { text: outcome, tone: 'calm' };
}

export function outcomeHelp(outcome: Outcome): string {
  return OUTCOME_WORDS[outcome].help;
}

function isOutcome(text: string): text is Outcome {
  return Object.hasOwn(OUTCOME_WORDS, text);
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
