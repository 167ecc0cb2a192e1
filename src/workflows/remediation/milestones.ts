import type { Milestone } from '../../domain/remediation/milestone.ts';
import type { RemediationStatus } from '../../domain/remediation/remediation.ts';
import { reportMilestone } from '../tracing/sinks.ts';
import { currentPlace } from '../tracing/spans.ts';

type Findings = Pick<RemediationStatus, 'decision' | 'effect' | 'verification' | 'alertResolved'>;

/** What must have been found for each milestone that a workflow can reach. */
const conditions: Readonly<Record<Exclude<Milestone, 'received'>, (findings: Findings) => boolean>> = {
  decided: ({ decision }) => decision !== undefined,
  acted: ({ effect }) => effect?.changed === true,
  verified: ({ verification }) => verification?.verdict === 'good',
  resolved: ({ alertResolved }) => alertResolved,
};

/** Reports each milestone of one remediation once, when the finding that it stands for is known. */
export class Milestones {
  readonly #reached = new Set<string>();
  /** That of the remediation; a signal that brings a finding comes from a trace of its own. */
  readonly #traceId = currentPlace()?.traceId;
  readonly #alertStartsAt: number;

  /** `alertStartsAt` in epoch ms. */
  constructor({ alertStartsAt }: { readonly alertStartsAt: number }) {
    this.#alertStartsAt = alertStartsAt;
  }

  note(findings: Findings): void {
    for (const [milestone, holds] of Object.entries(conditions)) {
      if (this.#reached.has(milestone) || !holds(findings)) continue;
      this.#reached.add(milestone);
      reportMilestone({
        milestone: milestone as Milestone,
        alertStartsAt: this.#alertStartsAt,
        traceId: this.#traceId,
      });
    }
  }
}
