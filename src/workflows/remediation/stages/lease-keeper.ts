import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import type { Movement } from '../../../domain/actions/readings.ts';
import { FenceReason } from '../../../domain/admission/admission.ts';
import { type LeaseBounds, leaseBounds, provenCapacity } from '../../../domain/lease/lease.ts';
import type { LeaseClause } from '../../../domain/plan/lease-clause.ts';
import type { Plan } from '../../../domain/plan/plan.ts';
import { Outcome } from '../../../domain/remediation/outcome.ts';
import { type LeaseRecord, Step } from '../../../domain/remediation/remediation.ts';
import { isTransient, read, wait } from '../../activity-profiles.ts';
import type { AuditTrail } from '../audit-trail.ts';
import type { Effects } from '../effects.ts';
import type { Ending } from '../ending.ts';
import { fail, faultOf } from '../fault.ts';
import { fenceOf } from '../fence-of.ts';
import type { Lifecycle } from '../life.ts';
import type { RemediationRecord } from '../record.ts';
import type { AdmissionPass } from './admission-pass.ts';
import type { RightOfWay } from './right-of-way.ts';
import { untilDone } from './until-done.ts';

/** Steps that may hurt before the lease is given up: after these, what the target needs is known well enough. */
const MAX_HURTS = 3;
/** How often a watch of the load says that it lives; within it, it hears that another remediation waits for the target. */
const HEARTBEAT_SECONDS = 2;
/** Steps kept for the record. */
const MAX_STEPS = 20;

/** Faults after which the target is no longer ours to move. */
const OUT_OF_OUR_HANDS: readonly string[] = ['TargetChanged', 'TargetHeld', 'TargetReplaced', 'TargetNotFound'];

interface LeaseParts {
  readonly clause: LeaseClause;
  readonly plan: Plan;
  readonly effects: Effects;
  /** What the effect moved. */
  readonly moves: Movement;
  readonly record: RemediationRecord;
  readonly notify: Lifecycle['notify'];
  readonly pass: AdmissionPass;
  readonly way: RightOfWay;
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
    const { before, after } = parts.moves;
    this.#bounds = leaseBounds(parts.clause, { baseline: parts.effects.planned.baseline ?? before, acted: after });
    this.#current = after;
    this.#capacity = parts.clause.capacityPerUnit;
  }

  /** Measures what one unit carries while the proof is fresh. Not knowing it keeps the capacity, never the cure from holding. */
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
      activities.measureSignal({ ...clause.load, maxAgeSeconds }),
    );
    this.#capacity = provenCapacity(load, this.#current);
  }

  /** Until the target is back, or the lease is given up. Throws only when it is cancelled. */
  async run(): Promise<Ending> {
    const { record, pass } = this.#parts;
    this.#startedAt = Date.now();
    record.enter(Step.Leasing, `The alert has resolved; going back from ${this.#current} to ${this.#bounds.floor}`);
    try {
      await pass.leave({
        what: 'lend',
        outcome: Outcome.Remediated,
        text: 'only a lease is left',
        acted: true,
        keepMoney: true,
        audit: [],
      });
      for (;;) {
        const ending = await this.#tryStep();
        if (ending !== undefined) return ending;
      }
    } catch (error) {
      if (isCancellation(error)) throw error;
      const fault = faultOf(error, Step.Leasing);
      if (fault.type === 'TargetChanged' || fault.type === 'TargetHeld') {
        return this.#cured(`another hand moved the target, so the lease leaves it alone (${fault.message})`);
      }
      record.keep({ fault });
      const text = `Cured, but the lease could not go on (${fault.type}: ${fault.message}); ${this.#currently} stay`;
      return { outcome: Outcome.Escalated, text };
    }
  }

  /** A server that is away is waited for, as the load is: it is no reason to keep the capacity for ever. */
  async #tryStep(): Promise<Ending | undefined> {
    try {
      return await this.#nextStep();
    } catch (error) {
      if (isCancellation(error) || !isTransient(error)) throw error;
      await this.#holdBack(faultOf(error, Step.Leasing).message);
      return undefined;
    }
  }

  async #nextStep(): Promise<Ending | undefined> {
    const { clause, way } = this.#parts;
    const secondsLeft = clause.maxSeconds - (Date.now() - this.#startedAt) / 1000;
    if (this.#current <= this.#bounds.floor) return this.#cured(`the lease has ended, back at ${this.#current}`);
    if (secondsLeft <= 0) {
      return {
        outcome: Outcome.Escalated,
        text: `Cured, but the lease has not ended within ${clause.maxSeconds} s; ${this.#currently} stay, ${this.#bounds.floor} were there before`,
      };
    }
    const step = await this.#untilStep(secondsLeft);
    if (way.yieldTo !== undefined) return await this.#makeWay(way.yieldTo, secondsLeft);
    if (step?.kind !== 'down') return undefined; // Done, or the time is over: the next round says so.

    const fenced = await this.#takeStep(step.to, step.reason);
    if (fenced !== undefined) return await this.#afterFence(fenced);
    if (this.#hurts < MAX_HURTS) return undefined;
    return this.#cured(`${this.#hurts} steps of the lease hurt, so ${this.#currently} stay`);
  }

  /** What was measured before a pause, or a freeze, is old: after it, the load is looked at anew. */
  async #afterFence({ reason, text }: { reason: string; text: string }): Promise<Ending | undefined> {
    if (reason !== FenceReason.Paused && reason !== FenceReason.Window)
      return this.#cured(`${text}, so the lease leaves it at ${this.#currently}`);
    await this.#holdBack(text);
    return undefined;
  }

  async #holdBack(text: string): Promise<void> {
    const { clause, way, record } = this.#parts;
    record.enter(Step.Leasing, `Held back: ${text}`);
    await condition(() => way.yieldTo !== undefined, clause.checkSeconds * 1000, { summary: 'before the next look' });
  }

  /** Whatever becomes of the other: what this lease has not given back is still its own to give back afterwards. */
  async #makeWay(to: string, secondsLeft: number): Promise<Ending | undefined> {
    const { record, way, effects } = this.#parts;
    record.enter(Step.Leasing, `Made way for ${to} at ${this.#currently}; going on after it`);
    const epoch = await way.untilBack(secondsLeft * 1000);
    if (epoch === undefined) return undefined;
    const standing = await read('look where the target stands', (activities) =>
      activities.checkStanding(effects.standing),
    );
    if (standing.status !== 'stands') {
      const left = standing.status === 'moved' ? standing.byRemediations : undefined;
      if (left === undefined || left > this.#current) {
        return this.#cured(`${standing.text}, so the lease leaves it alone`);
      }
      this.#current = left;
    }
    effects.noteBack({ epoch, value: this.#current });
    return undefined;
  }

  /** Watches the load; ends early when another remediation waits for the target. */
  async #untilStep(secondsLeft: number) {
    const { clause, plan, way } = this.#parts;
    const scope = new CancellationScope();
    const stop = way.onYield(() => scope.cancel());
    try {
      return await scope.run(() =>
        wait(`watch ${clause.load.name} until less is enough`, secondsLeft, HEARTBEAT_SECONDS).awaitLeaseStep({
          clause,
          current: this.#current,
          bounds: this.#bounds,
          capacityPerUnit: this.#capacity,
          // After a step that hurt, the next try waits longer.
          settleSeconds: clause.checkSeconds * 2 ** this.#hurts,
          deadlineSeconds: secondsLeft,
          maxAgeSeconds: plan.verification.maxAgeSeconds,
        }),
      );
    } catch (error) {
      if (isCancellation(error) && way.yieldTo !== undefined) return undefined;
      throw error;
    } finally {
      stop();
    }
  }

  /** Returns what fenced the step off, if something did. */
  async #takeStep(to: number, reason: string): Promise<{ reason: string; text: string } | undefined> {
    const { plan, effects, record } = this.#parts;
    const from = this.#current;
    record.enter(Step.Leasing, `${reason}: ${from} -> ${to}`);
    const { verification } = plan;
    const baseline = await read('measure before the step', (activities) =>
      activities.measureBaseline({ verification, subject: effects.subject }),
    );
    try {
      await this.#move(from, to, reason);
    } catch (error) {
      const fenced = fenceOf(error);
      if (fenced === undefined) throw error;
      return fenced;
    }
    const report = await this.#judge(() => effects.verify({ verification, baseline }), { from, to });
    const hurt = report.verdict !== 'good';
    if (hurt) {
      this.#hurts += 1;
      await this.#move(to, from, report.summary);
      await effects.observe();
    }
    this.#note({ from, to, reason, result: hurt ? 'hurt' : 'kept', summary: report.summary });
    return undefined;
  }

  /** Done and verified. What cannot be judged is taken back, unless another hand has the target now. */
  async #judge<T>(verified: () => Promise<T>, { from, to }: { from: number; to: number }): Promise<T> {
    try {
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
    const { effects, audit } = this.#parts;
    this.#moves += 1;
    const step = `lease/${this.#moves}`;
    await audit.require([{ kind: 'effect_intended', step: `${step}/intended`, data: { from, to, reason } }]);
    const result = await untilDone(this.#parts, {
      attempt: () => effects.move({ from, to }),
      isHealable: isTransient,
      what: `The step of the lease from ${from} to ${to}`,
      occasion: `${step}/failing`,
    });
    if (!result.changed) throw fail('TargetChanged', `another hand has set ${to} meanwhile`);
    audit.add([{ kind: 'effect_done', step: `${step}/done`, data: { changed: result.changed, text: result.text } }]);
    this.#current = to;
  }

  /** With the name of what it counts, for people. */
  get #currently(): string {
    const { name, unit = name } = this.#parts.moves;
    return `${this.#current} ${unit}`;
  }

  #note(step: Omit<LeaseRecord, 'at'>): void {
    const { record, moves } = this.#parts;
    const lease = [...(record.findings.lease ?? []), { ...step, at: new Date().toISOString() }].slice(-MAX_STEPS);
    const text =
      step.result === 'kept'
        ? `${step.to} ${moves.name} are enough`
        : `${step.to} ${moves.name} hurt, back to ${step.from}`;
    record.enter(Step.Leasing, `${text}: ${step.summary}`, { lease });
  }

  #cured(text: string): Ending {
    return { outcome: Outcome.Remediated, text: `Cured, and the alert has resolved; ${text}`, told: true };
  }
}
