import { condition } from '@temporalio/workflow';
import type { TimedLease as TimedLeaseClause } from '../../../domain/plan/lease-clause.ts';
import type { UndoResult } from '../../../domain/actions/effects.ts';
import { rungKey } from '../../../domain/ladder/ladder.ts';
import { Outcome } from '../../../domain/remediation/outcome.ts';
import { Step } from '../../../domain/remediation/remediation.ts';
import { describeUndo } from '../../../domain/remediation/what-was-done.ts';
import { type Ending, endingAfterFault } from '../ending.ts';
import type { Lifecycle } from '../life.ts';

/** A change that was made for a while: by its own undo it is given back, once, whatever ends it first. */
export class TimedLease {
  readonly #life: Lifecycle;
  readonly #clause: TimedLeaseClause;
  readonly #startedAt = Date.now();
  #found: UndoResult | undefined;

  constructor(life: Lifecycle, clause: TimedLeaseClause) {
    this.#life = life;
    this.#clause = clause;
  }

  /** Milliseconds until it is given back although the alert fires. */
  get msAtMost(): number {
    return this.#msUntil(this.#clause.maxSeconds);
  }

  /** Until its time is over: the alert has resolved, so that nothing makes it longer. */
  async untilOver(): Promise<void> {
    const left = this.#msUntil(this.#clause.forSeconds);
    if (left <= 0) return;
    const { record, way } = this.#life;
    record.enter(Step.Leasing, `The alert has resolved; the change is given back in ${Math.ceil(left / 1000)} s`);
    await condition(() => way.yieldTo !== undefined, left, { summary: 'until the lease is over' });
  }

  /** Gives it back, unless that was done. An ending where it could not be. */
  async giveBack(why: string): Promise<Ending | undefined> {
    const { record, saga, audit, effects, ladder } = this.#life;
    if (saga.isEmpty) return undefined;
    record.enter(Step.Leasing, `Giving the change back: ${why}`);
    const results = await saga.compensate();
    const failed = results.find((result) => !result.ok);
    const [found] = results.flatMap((result) => (result.ok ? [result.result] : []));
    if (failed !== undefined) {
      const fault = {
        type: 'CompensationFailed',
        message: 'the lease could not be ended',
        step: Step.Leasing,
      } as const;
      record.keep({ fault });
      return endingAfterFault({ fault, results, manualCommand: effects?.planned.manualUndo });
    }
    if (found === undefined) return undefined;
    this.#found = found;
    const { status } = found;
    const text = describeUndo(found);
    audit.add([
      { kind: 'compensation', step: `${rungKey(ladder.rung)}lease/ended`, data: { status, text, reason: why } },
    ]);
    const { moves } = effects?.planned ?? {};
    const at = new Date().toISOString();
    const lease =
      moves === undefined
        ? undefined
        : [{ at, from: moves.after, to: moves.before, reason: why, result: 'kept' as const, summary: text }];
    record.enter(Step.Leasing, text, lease === undefined ? {} : { lease });
    return undefined;
  }

  /** The end of a cure whose change was given back. */
  cured(): Ending {
    const given = this.#found === undefined ? 'nothing was left to give back' : describeUndo(this.#found);
    return { outcome: Outcome.Remediated, text: `Cured, and the alert has resolved; ${given}`, told: true };
  }

  #msUntil(seconds: number): number {
    return this.#startedAt + seconds * 1000 - Date.now();
  }
}
