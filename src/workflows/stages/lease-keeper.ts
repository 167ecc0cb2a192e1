import { CancellationScope, isCancellation } from '@temporalio/workflow';
import { type LeaseBounds, leaseBounds, provenCapacity } from '../../domain/lease.ts';
import { Outcome } from '../../domain/outcome.ts';
import type { LeaseClause } from '../../domain/plan/lease-clause.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { type LeaseRecord, Step } from '../../domain/remediation.ts';
import type { ScaleAction } from '../actions/scale.ts';
import { read, wait } from '../activity-profiles.ts';
import type { Ending } from '../ending.ts';
import { faultOf } from '../fault.ts';
import type { RemediationRecord } from '../record.ts';
import { verify } from '../verify.ts';
import type { GuardPass } from './guard-pass.ts';

/** Steps that may hurt before the lease is given up: after these, what the target needs is known well enough. */
const MAX_HURTS = 3;
/** Steps kept for the record. */
const MAX_STEPS = 20;

interface LeaseParts {
  readonly clause: LeaseClause;
  readonly plan: Plan;
  readonly action: ScaleAction;
  readonly record: RemediationRecord;
  readonly guards: GuardPass;
}

/**
 * Takes a temporary change back when it is safe: step by step, each verified, one that hurts taken back. It never falls
 * back to the baseline on a fault of ours: too much capacity is a bill, too little is an outage.
 */
export class LeaseKeeper {
  readonly #parts: LeaseParts;
  readonly #bounds: LeaseBounds;
  readonly #startedAt = Date.now();
  #current: number;
  #capacity: number | undefined;
  #hurts = 0;

  constructor(parts: LeaseParts) {
    this.#parts = parts;
    const { intent, leasedFrom } = parts.action;
    this.#bounds = leaseBounds(parts.clause, { baseline: leasedFrom ?? intent.from, acted: intent.to });
    this.#current = intent.to;
    this.#capacity = parts.clause.capacityPerReplica;
  }

  /** Measures what one replica carries while the proof is fresh. */
  async learnCapacity(): Promise<void> {
    if (this.#capacity !== undefined) return;
    const { clause, plan } = this.#parts;
    const { maxAgeSeconds } = plan.verification;
    const load = await read(`measure ${clause.load.name}`, (activities) =>
      activities.measureSignal({ query: clause.load.query, maxAgeSeconds }),
    );
    this.#capacity = provenCapacity(load, this.#current);
  }

  /** Until the target is back, somebody else needs it, or the lease is given up. Throws only when it is cancelled. */
  async run(): Promise<Ending> {
    const { record, guards } = this.#parts;
    record.enter(Step.Leasing, `The alert has resolved; going back from ${this.#current} to ${this.#bounds.floor}`);
    try {
      await guards.startYielding();
      for (;;) {
        const ending = await this.#nextStep();
        if (ending !== undefined) return ending;
      }
    } catch (error) {
      if (isCancellation(error)) throw error;
      const fault = faultOf(error, Step.Leasing);
      if (fault.type === 'TargetChanged' || fault.type === 'TargetHeld') {
        return this.#cured(`somebody else moved the target, so the lease leaves it alone (${fault.message})`);
      }
      record.keep({ fault });
      const text = `Cured, but the lease could not go on (${fault.type}: ${fault.message}); ${this.#current} replicas stay`;
      return { outcome: Outcome.Escalated, text };
    }
  }

  async #nextStep(): Promise<Ending | undefined> {
    const { clause, guards } = this.#parts;
    const secondsLeft = clause.maxSeconds - (Date.now() - this.#startedAt) / 1000;
    if (this.#current <= this.#bounds.floor) return this.#cured(`the lease has ended, back at ${this.#current}`);
    if (secondsLeft <= 0) {
      return {
        outcome: Outcome.Escalated,
        text: `Cured, but the load never fitted fewer replicas; ${this.#current} stay, ${this.#bounds.floor} were there before`,
      };
    }
    const step = await this.#untilStep(secondsLeft);
    if (guards.yieldTo !== undefined) {
      return this.#cured(`the lease made way for ${guards.yieldTo} at ${this.#current} replicas`);
    }
    if (step?.kind !== 'down') return undefined; // Done, or the time is over: the next round says so.

    const paused = await guards.whileNotPaused(secondsLeft);
    if (paused !== undefined) return this.#cured(`${paused.text}; ${this.#current} replicas stay`);
    await this.#takeStep(step.to, step.reason);
    if (this.#hurts < MAX_HURTS) return undefined;
    return this.#cured(`${this.#hurts} steps of the lease hurt, so ${this.#current} replicas stay`);
  }

  /** Watches the load; ends early when somebody waits for the target. */
  async #untilStep(secondsLeft: number) {
    const { clause, plan, guards } = this.#parts;
    const scope = new CancellationScope();
    const stop = guards.onYield(() => scope.cancel());
    try {
      return await scope.run(() =>
        wait(`watch ${clause.load.name} until fewer replicas do`, secondsLeft, clause.checkSeconds).awaitLeaseStep({
          clause,
          current: this.#current,
          bounds: this.#bounds,
          capacityPerReplica: this.#capacity,
          // After a step that hurt, the next try waits longer.
          settleSeconds: clause.checkSeconds * 2 ** this.#hurts,
          deadlineSeconds: secondsLeft,
          maxAgeSeconds: plan.verification.maxAgeSeconds,
        }),
      );
    } catch (error) {
      if (isCancellation(error) && guards.yieldTo !== undefined) return undefined;
      throw error;
    } finally {
      stop();
    }
  }

  async #takeStep(to: number, reason: string): Promise<void> {
    const { plan, action, record } = this.#parts;
    const from = this.#current;
    record.enter(Step.Leasing, `${reason}: ${from} -> ${to}`);
    const baseline = await read('measure before the step', (activities) =>
      activities.measureBaseline({ verification: plan.verification }),
    );
    await action.move(from, to);
    this.#current = to;
    await action.awaitReady();
    const report = await verify(plan.verification, baseline);
    const hurt = report.verdict !== 'good';
    if (hurt) {
      this.#hurts += 1;
      await action.move(to, from);
      this.#current = from;
      await action.awaitReady();
    }
    this.#note({ from, to, reason, result: hurt ? 'hurt' : 'kept', summary: report.summary });
  }

  #note(step: Omit<LeaseRecord, 'at'>): void {
    const { record } = this.#parts;
    const lease = [...(record.findings.lease ?? []), { ...step, at: new Date().toISOString() }].slice(-MAX_STEPS);
    const text =
      step.result === 'kept' ? `${step.to} replicas are enough` : `${step.to} replicas hurt, back to ${step.from}`;
    record.enter(Step.Leasing, `${text}: ${step.summary}`, { lease });
  }

  #cured(text: string): Ending {
    return { outcome: Outcome.Remediated, text: `Cured, and the alert has resolved; ${text}`, told: true };
  }
}
