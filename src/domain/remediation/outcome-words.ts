import { Outcome } from './outcome.ts';

/** How something is to be taken; each view has a colour and a sign for each, and the words say the same. */
export type OutcomeTone = 'good' | 'warn' | 'bad' | 'calm';

export interface OutcomeWords {
  readonly text: string;
  readonly tone: OutcomeTone;
  readonly help: string;
}

/** Each outcome as people read it. */
export const OUTCOME_WORDS: Readonly<Record<Outcome, OutcomeWords>> = {
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
