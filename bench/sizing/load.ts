import type { Way } from './histories.ts';

/** What a fleet asks of Mendloop. */
export interface Load {
  /** Spells in which an alert fires; repeats of the same spell cost no workflow. */
  readonly alertsPerHour: number;
  /** Share of alerts by way; what is missing to 1 is wanted by no rule, and is a row of the store instead of a workflow. */
  readonly mix: Readonly<Record<Way, number>>;
  /** The busiest minute over the average one: alerts come in storms. */
  readonly peak: number;
  /** Seconds that a cure takes to be proven, which an activity waits with heartbeats. */
  readonly proofSeconds: number;
  /** Seconds from the cure until the alert is over, for which its workflow is open. */
  readonly watchSeconds: number;
  /** Days that the namespace keeps histories. */
  readonly retentionDays: number;
}

/** A fleet whose rules are turned on in part. Half of what fires is wanted by no rule. */
export const USUAL: Omit<Load, 'alertsPerHour'> = {
  mix: { told: 0.2, observed: 0.1, cured: 0.14, approved: 0.03, ladder: 0.01, undone: 0.02 },
  peak: 10,
  proofSeconds: 60,
  watchSeconds: 300,
  retentionDays: 90,
};

/** The sizes that the guide shows. */
export const SIZES = [10, 1_000, 100_000] as const;
