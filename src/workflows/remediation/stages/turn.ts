import { condition } from '@temporalio/workflow';
import type { PrepareResult } from '../../../activities/prepare.ts';
import { WaitingFor } from '../../../contract/search-attributes.ts';
import type { Admission } from '../../../domain/admission/admission.ts';
import { RefusalReason } from '../../../domain/guards/refusal.ts';
import { SETTLING_MS } from '../../../domain/incident/judge.ts';
import { Outcome } from '../../../domain/remediation/outcome.ts';
import type { RefusedTarget } from '../../../domain/remediation/refused-target.ts';
import { Step } from '../../../domain/remediation/remediation.ts';
import { type Ending, healthy, LOOK_AGAIN_MS } from '../ending.ts';
import type { RemediationRecord } from '../record.ts';
import type { AdmissionPass, Ask } from './admission-pass.ts';
import { ASK_AGAIN_MS, type WakeUps } from './wake-ups.ts';

/** An admission that neither grants nor ends. */
export type PutOff = Extract<NonNullable<PrepareResult['admission']>, { status: 'joined' | 'queued' | 'refused' }>;

interface TurnParts {
  readonly pass: AdmissionPass;
  readonly wakes: WakeUps;
  readonly record: RemediationRecord;
  /** It is entered again, after a remediation of the same spell of its alert. */
  readonly isAgain: boolean;
}

/** How a remediation waits for its turn, and for the end of another that works on its target. */
export class Turn {
  readonly #parts: TurnParts;
  /** When the present wait began. */
  #waitsSince: number | undefined;

  constructor(parts: TurnParts) {
    this.#parts = parts;
  }

  /**
   * Waits for a turn that `answer` puts off. Undefined: ask again; else how the remediation ends.
   *
   * @param waitSeconds for how long the plan lets it wait, over all turns.
   */
  async wait(answer: PutOff, waitSeconds: number): Promise<Ending | undefined> {
    const { record } = this.#parts;
    this.#waitsSince ??= Date.now();
    const endsAt = this.#waitsSince + waitSeconds * 1000;
    switch (answer.status) {
      case 'joined':
        record.enter(Step.Joined, `${answer.leader} works on the target already: sharing its end`, {
          leader: answer.leader,
        });
        return await this.#untilLeaderEnds(answer.leader);
      case 'queued':
        record.enter(Step.Admitting, `Waiting for a turn, as number ${answer.position}: ${answer.text}`);
        return await this.#untilWoken({ endsAt, text: answer.text }, 'wait for a turn');
      case 'refused':
        return await this.#untilReasonEnds(answer, endsAt);
    }
  }

  /**
   * Whether another remediation works on what the alert is about: one that comes when its target is cured already shares
   * the end of the one that cures it. Undefined: none does, and what was given for the question is given back at the end;
   * `again`: one did, and ended without a change.
   */
  async shareEnd(): Promise<Ending | 'again' | undefined> {
    const answer = await this.#parts.pass.askStore({ sharesWatch: true, looks: true });
    if (answer.status === 'shared') return sharedEnd(answer);
    return answer.status === 'joined' ? ((await this.wait(answer, 0)) ?? 'again') : undefined;
  }

  /**
   * As `shareEnd`, where the action refused the target as it found it: another remediation that is changing it, or has just
   * done so, may be why. What was changed since the alert began, and is free again, or has taken the target away, shares the
   * end of that change: once, for what fires on is a human's matter. The last plan waits for the end of the target's cooldown,
   * in place of which earlier ones let the next be tried; other guards say nothing about why.
   */
  async shareEndOfChange(
    { plan, decision }: Pick<Ask, 'plan' | 'decision'>,
    { isLast, refused }: { readonly isLast: boolean; readonly refused?: RefusedTarget | undefined },
  ): Promise<Ending | 'again' | undefined> {
    const { pass, isAgain } = this.#parts;
    const answer = await pass.askUnseen({ plan, decision }, refused);
    if (answer === undefined) return undefined;
    if (answer.status === 'shared') return sharedEnd(answer);
    const { changedBy } = answer;
    const isOver = refused?.isGone === true || (isLast && answer.status === 'granted');
    if (changedBy !== undefined && isOver && !isAgain) return this.#endOfChange(changedBy, refused);
    const isPutOff =
      answer.status === 'joined' || (isLast && answer.status === 'refused' && answer.reason === RefusalReason.Cooldown);
    return isPutOff ? ((await this.wait(answer, plan.guards.waitSeconds)) ?? 'again') : undefined;
  }

  /** People have heard of that change. */
  #endOfChange(leader: string, refused: RefusedTarget | undefined): Ending {
    const what = refused?.isGone === true ? 'The target is gone' : 'There is nothing left to be done';
    const text = `${what}: ${leader} has changed what the alert is about since it began`;
    this.#parts.record.keep({ leader });
    return { outcome: Outcome.Joined, text, told: true, enterAgainAt: Date.now() + SETTLING_MS };
  }

  /** Holds back after an effect was fenced off, until something has changed. */
  async waitForFence(text: string, waitSeconds: number): Promise<Ending | undefined> {
    this.#waitsSince ??= Date.now();
    this.#parts.record.enter(Step.Admitting, `Held back: ${text}`);
    return await this.#untilWoken({ endsAt: this.#waitsSince + waitSeconds * 1000, text }, 'wait until it may go on');
  }

  /** It has what it waited for: the next wait is another. */
  noteGranted(): void {
    this.#waitsSince = undefined;
  }

  /** A refusal with a time is a timer; one that outlasts the plan's patience is a human's matter. */
  async #untilReasonEnds({ reason, text, until }: Extract<PutOff, { status: 'refused' }>, endsAt: number) {
    const { record } = this.#parts;
    if (until === undefined || until > endsAt) {
      return {
        outcome: Outcome.Suppressed,
        text: `Held back by a guard (${reason}): ${text}`,
        ...(reason === RefusalReason.AlreadyLeft ? {} : { enterAgainAt: until ?? Date.now() + LOOK_AGAIN_MS }),
      };
    }
    record.enter(Step.Admitting, `Held back by a guard (${reason}): ${text}`);
    await this.#wait(Math.max(1, until - Date.now()), 'wait until the reason has passed', () => false);
    return record.findings.alertResolved ? healthy() : undefined;
  }

  /**
   * However long that takes, and whatever becomes of its own alert: the leader's end decides, and the leader is bounded.
   * Reads nothing but the store, so that hundreds that have joined do not all ask Prometheus when it ends.
   */
  async #untilLeaderEnds(leader: string): Promise<Ending | undefined> {
    const { pass, wakes, record } = this.#parts;
    for (;;) {
      await record.whileWaiting(WaitingFor.Turn, () =>
        condition(() => wakes.isWoken, ASK_AGAIN_MS, { summary: `wait for ${leader}` }),
      );
      const answer = await pass.askStore();
      if (answer.status === 'shared') return sharedEnd(answer);
      // It leads itself now, or has to wait: everything is read anew.
      if (answer.status !== 'joined') return undefined;
    }
  }

  async #untilWoken(
    patience: { readonly endsAt: number; readonly text: string },
    summary: string,
  ): Promise<Ending | undefined> {
    const { record, wakes } = this.#parts;
    const left = Math.min(ASK_AGAIN_MS, patience.endsAt - Date.now());
    if (left > 0) await this.#wait(left, summary, () => wakes.isWoken);
    if (record.findings.alertResolved) return healthy();
    if (wakes.isWoken || Date.now() < patience.endsAt) return undefined;
    return {
      outcome: Outcome.Suppressed,
      text: `No turn in the time that the plan waits: ${patience.text}`,
      enterAgainAt: Date.now() + LOOK_AGAIN_MS,
    };
  }

  async #wait(ms: number, summary: string, isOver: () => boolean): Promise<void> {
    const { record } = this.#parts;
    await record.whileWaiting(WaitingFor.Turn, () =>
      condition(() => isOver() || record.findings.alertResolved, ms, { summary }),
    );
  }
}

/** The leader has told people already. After a cure, an alert that goes on all the same is entered again by itself. */
export function sharedEnd({ leader, outcome, text }: Extract<Admission, { status: 'shared' }>): Ending {
  return {
    ...{ outcome: Outcome.Joined, text: `Joined ${leader}, which ended ${outcome}: ${text}`, told: true },
    ...(outcome === Outcome.Remediated ? { enterAgainAt: Date.now() + SETTLING_MS } : {}),
  };
}
