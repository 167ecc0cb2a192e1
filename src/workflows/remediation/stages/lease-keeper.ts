import { CancellationScope, isCancellation } from '@temporalio/workflow';
import { type LeaseBounds, leaseBounds, provenCapacity } from '../../../domain/actions/scale/lease.ts';
import { Outcome } from '../../../domain/remediation/outcome.ts';
import type { LeaseClause } from '../../../domain/plan/lease-clause.ts';
import type { Plan } from '../../../domain/plan/plan.ts';
import { type LeaseRecord, Step } from '../../../domain/remediation/remediation.ts';
import type { ScaleAction } from '../../actions/scale.ts';
import { read, wait } from '../../activity-profiles.ts';
import type { AuditTrail } from '../audit-trail.ts';
import type { Ending } from '../ending.ts';
import { fail, faultOf } from '../fault.ts';
import type { RemediationRecord } from '../record.ts';
import { verify } from '../verify.ts';
import type { GuardPass } from './guard-pass.ts';

/** Steps that may hurt before the lease is given up: after these, what the target needs is known well enough. */
const MAX_HURTS = 3;
/** How often a watch of the load says that it lives; within it, it hears that somebody waits for the target. */
const HEARTBEAT_SECONDS = 2;
/** Steps kept for the record. */
const MAX_STEPS = 20;

/** Faults after which the target is no longer ours to move. */
const OUT_OF_OUR_HANDS: readonly string[] = ['TargetChanged', 'TargetHeld', 'TargetReplaced', 'TargetNotFound'];

interface LeaseParts {
  readonly clause: LeaseClause;
  readonly plan: Plan;
  readonly action: ScaleAction;
  readonly record: RemediationRecord;
  readonly guards: GuardPass;
  readonly audit: AuditTrail;
}

/**
 * Takes a temporary change back when it is safe: step by step, each verified, one that hurts taken back. It never falls
 * back to the baseline on a fault of ours: too much capacity is a bill, too little is an outage.
 */
export class LeaseKeeper {
  readonly #parts: LeaseParts;
  readonly #bounds: LeaseBounds;
  #startedAt = Date.now();
  #current: number;
  #capacity: number | undefined;
  #hurts = 0;
  #moves = 0;

  constructor(parts: LeaseParts) {
    this.#parts = parts;
    const { intent, leasedFrom } = parts.action;
    this.#bounds = leaseBounds(parts.clause, { baseline: leasedFrom ?? intent.from, acted: intent.to });
    this.#current = intent.to;
    this.#capacity = parts.clause.capacityPerReplica;
  }

  /** Measures what one replica carries while the proof is fresh. Not knowing it keeps the capacity, never the cure from holding. */
  async learnCapacity(): Promise<void> {
    if (this.#capacity !== undefined) return;
    try {
      await this.#measureCapacity();
    } catch (error) {
      if (isCancellation(error)) throw error;
    }
  }

  async #measureCapacity(): Promise<void> {
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
    this.#startedAt = Date.now();
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
        text: `Cured, but the lease has not ended within ${clause.maxSeconds} s; ${this.#current} replicas stay, ${this.#bounds.floor} were there before`,
      };
    }
    const step = await this.#untilStep(secondsLeft);
    if (guards.yieldTo !== undefined) {
      return this.#cured(`the lease made way for ${guards.yieldTo} at ${this.#current} replicas`);
    }
    if (step?.kind !== 'down') return undefined; // Done, or the time is over: the next round says so.

    if (!(await this.#mayGoOn(secondsLeft))) return undefined; // The next round says why.
    await this.#takeStep(step.to, step.reason);
    if (this.#hurts < MAX_HURTS) return undefined;
    return this.#cured(`${this.#hurts} steps of the lease hurt, so ${this.#current} replicas stay`);
  }

  /** False after a pause: what was measured before it is old. */
  async #mayGoOn(secondsLeft: number): Promise<boolean> {
    const { clause, action, guards } = this.#parts;
    const pace = { waitSeconds: secondsLeft, lookSeconds: clause.checkSeconds };
    return !(await guards.whileLeaseNotPaused(action.target, pace));
  }

  /** Watches the load; ends early when somebody waits for the target. */
  async #untilStep(secondsLeft: number) {
    const { clause, plan, guards } = this.#parts;
    const scope = new CancellationScope();
    const stop = guards.onYield(() => scope.cancel());
    try {
      return await scope.run(() =>
        wait(`watch ${clause.load.name} until fewer replicas do`, secondsLeft, HEARTBEAT_SECONDS).awaitLeaseStep({
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
    await this.#move(from, to, reason);
    const report = await this.#judge(() => verify(plan.verification, baseline), { from, to });
    const hurt = report.verdict !== 'good';
    if (hurt) {
      this.#hurts += 1;
      await this.#move(to, from, report.summary);
      await action.awaitReady();
    }
    this.#note({ from, to, reason, result: hurt ? 'hurt' : 'kept', summary: report.summary });
  }

  /** Ready and verified. What cannot be judged is taken back, unless somebody else has the target now. */
  async #judge<T>(verified: () => Promise<T>, { from, to }: { from: number; to: number }): Promise<T> {
    const { action } = this.#parts;
    try {
      await action.awaitReady();
      return await verified();
    } catch (error) {
      if (isCancellation(error)) throw error;
      const fault = faultOf(error, Step.Leasing);
      if (!OUT_OF_OUR_HANDS.includes(fault.type)) {
        await this.#move(to, from, `the step could not be judged: ${fault.message}`);
      }
      throw error;
    }
  }

  /** An effect like any other: recorded before and after. */
  async #move(from: number, to: number, reason: string): Promise<void> {
    const { action, audit } = this.#parts;
    this.#moves += 1;
    const step = `lease/${this.#moves}`;
    await audit.require([{ kind: 'effect_intended', step: `${step}/intended`, data: { from, to, reason } }]);
    const result = await action.move(from, to);
    if (!result.changed) throw fail('TargetChanged', `somebody else has set ${to} meanwhile`);
    audit.add([{ kind: 'effect_done', step: `${step}/done`, data: { ...result } }]);
    this.#current = to;
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
