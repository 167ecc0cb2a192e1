import {
  CancellationScope,
  condition,
  defineQuery,
  defineSignal,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { AdmitInput } from '../../../activities/admission.ts';
import type { PrepareResult } from '../../../activities/prepare.ts';
import { HOLDS_QUERY, WAKE_SIGNAL } from '../../../contract/remediation.ts';
import { WaitingFor } from '../../../contract/search-attributes.ts';
import type { Admission, LeaveRequest, WakeUp } from '../../../domain/admission/admission.ts';
import type { Alert } from '../../../domain/alert/alert.ts';
import { defined } from '../../../domain/defined.ts';
import { RefusalReason } from '../../../domain/guards/refusal.ts';
import { SETTLING_MS } from '../../../domain/incident/judge.ts';
import type { Plan } from '../../../domain/plan/plan.ts';
import { Outcome } from '../../../domain/remediation/outcome.ts';
import { Step } from '../../../domain/remediation/remediation.ts';
import { read, settle } from '../../activity-profiles.ts';
import { type Ending, LOOK_AGAIN_MS } from '../ending.ts';
import { fail } from '../fault.ts';
import type { RemediationRecord } from '../record.ts';
import { unlessResolved } from '../unless-resolved.ts';

export const wakeSignal = defineSignal<[WakeUp]>(WAKE_SIGNAL);
export const holdsQuery = defineQuery<Holding | undefined>(HOLDS_QUERY);

/** A wake-up that was lost costs at most this long: asking again changes nothing where there is nothing new. */
const ASK_AGAIN_MS = 600_000;

interface AdmissionPassParts {
  readonly id: string;
  readonly alert: Alert;
  readonly cluster: string;
  readonly record: RemediationRecord;
  /** It is entered again, after a remediation of the same spell of its alert. */
  readonly isAgain: boolean;
}

export interface Ask extends Pick<AdmitInput, 'decision' | 'only'> {
  readonly plan: Plan;
  /** Evidence is gathered already. */
  readonly withoutEvidence: boolean;
  /** A human is asked, or has said yes already. */
  readonly hasHuman: boolean;
}

/** What was granted, and has not been given back. */
export interface Holding {
  readonly input: AdmitInput;
  readonly epoch: number;
  /** The slot has not been given back. */
  readonly slot: boolean;
  /** The target is only leased any more. */
  readonly lends: boolean;
}

/** What is given back at an end; the rest is known here. */
export type Settlement = Omit<LeaveRequest, 'remediationId' | 'cluster' | 'actedAt'>;

/** A remediation's dealings with the store: asking, waiting to be woken, and giving back what it may hold. */
export class AdmissionPass {
  readonly #parts: AdmissionPassParts;
  #wakes = 0;
  /** Wake-ups heard before the store was asked last: what comes after its answer must not be missed. */
  #wakesHeard = 0;
  /** What the store was asked last, or would have been. */
  #asked: AdmitInput | undefined;
  #holding: Holding | undefined;
  #yieldTo: string | undefined;
  #onYield: (() => void) | undefined;
  #isMakingWay = false;
  #hasLeft = false;
  #actedAt: number | undefined;
  #hasFired: boolean;
  /** When the present wait for a turn began. */
  #waitsSince: number | undefined;

  constructor(parts: AdmissionPassParts) {
    this.#parts = parts;
    this.#hasFired = parts.isAgain;
    setHandler(holdsQuery, () => this.#holding);
    setHandler(wakeSignal, ({ kind, to }) => {
      this.#wakes += 1;
      if (kind !== 'yield') return;
      this.#yieldTo ??= to ?? 'another remediation';
      this.#onYield?.();
      // A cancelled wait ends it, and so does the end of the remediation.
      if (!this.#isMakingWay) void this.#makeWay().catch(() => undefined);
    });
  }

  /** Who has the target, or waits for it, while this remediation only leases or watches it; undefined: nothing does. */
  get yieldTo(): string | undefined {
    return this.#yieldTo;
  }

  /** The alert was seen firing at its source, by this remediation or the one before it. */
  get hasFired(): boolean {
    return this.#hasFired;
  }

  /** Calls back, once, when another remediation waits for the target; returns what takes the call back. */
  onYield(callback: () => void): () => void {
    this.#onYield = callback;
    if (this.#yieldTo !== undefined) callback();
    return () => (this.#onYield = undefined);
  }

  /** The epoch by which the target is its own again after others have had it; undefined: not in that time. */
  async untilBack(ms: number): Promise<number | undefined> {
    const isBack = await condition(() => this.#yieldTo === undefined, Math.max(1, ms), {
      summary: `wait for ${this.#yieldTo ?? 'nothing'}`,
    });
    return isBack ? this.#holding?.epoch : undefined;
  }

  /** Others have the target first, and this remediation has it back after them: to go on giving back what it had changed. */
  async #makeWay(): Promise<void> {
    this.#isMakingWay = true;
    try {
      await this.#untilHeldAgain();
    } finally {
      this.#isMakingWay = false;
    }
  }

  async #untilHeldAgain(): Promise<void> {
    await condition(() => this.#holding === undefined || this.#holding.lends);
    if (this.#holding === undefined) return;
    await this.leave({
      ...{ what: 'aside', outcome: Outcome.Remediated, text: 'it makes way' },
      ...{ acted: true, keepMoney: true, audit: [] },
    });
    for (;;) {
      const heard = this.#wakes;
      await condition(() => this.#wakes > heard || this.#hasLeft, ASK_AGAIN_MS, {
        summary: `wait for ${this.#yieldTo ?? 'nothing'}`,
      });
      if (this.#hasLeft) return;
      const answer = await this.#askStore({ lends: true });
      if (answer.status === 'queued') continue;
      if (answer.status === 'granted') this.#yieldTo = undefined;
      return;
    }
  }

  /** The target was changed now: cooldowns and rates count from here. */
  noteAct(): void {
    this.#actedAt = Date.now();
  }

  /**
   * Reads everything anew and asks for what is named; one local activity, one commit of the store. Undefined: the alert has
   * resolved meanwhile.
   */
  async ask({ plan, decision, only, withoutEvidence, hasHuman }: Ask): Promise<PrepareResult | undefined> {
    const { id, alert, record } = this.#parts;
    const { runId, originalExecutionRunId: firstRunId } = workflowInfo();
    this.#wakesHeard = this.#wakes;
    const ask = () =>
      read('prepare and admit', (activities) =>
        activities.prepare({
          remediationId: id,
          alert,
          plan,
          ...(withoutEvidence ? { withoutEvidence } : {}),
          ...(hasHuman ? { hasHuman } : {}),
          firstRunId,
          admit: { decision, ...(only === undefined ? {} : { only }) },
        }),
      );
    // What a run that was reset may have done is there, whatever has become of its alert since.
    const result = await (runId === firstRunId ? unlessResolved(record, ask) : ask());
    if (result === undefined) return undefined;
    const { planned, source, evidence, baseline, objective, money } = result.prepared;
    this.#hasFired ||= source.status === 'firing';
    const { admission } = result;
    const { workloadsInNamespace } = result.prepared;
    const prepared = { planned, workloadsInNamespace, ...defined({ money }) };
    this.#asked = { remediationId: id, alert, plan, decision, prepared, ...defined({ only }) };
    this.#keepHolding(this.#asked, admission);
    const refused = money !== undefined && 'refused' in money ? { budget: money.refused } : {};
    const budget = admission?.status === 'granted' || admission?.status === 'denied' ? admission.budget : undefined;
    record.keep({
      ...{ planned, source, baseline, objective },
      ...(evidence === undefined ? {} : { evidence }),
      ...refused,
      ...(budget === undefined ? {} : { budget }),
    });
    return result;
  }

  /**
   * Waits for a turn that `answer` puts off. Undefined: ask again; else how the remediation ends.
   *
   * @param waitSeconds for how long the plan lets it wait, over all turns.
   */
  async waitForTurn(answer: PutOff, waitSeconds: number): Promise<Ending | undefined> {
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
   * Whether somebody else works on what the alert is about: whoever comes when its target is cured already shares the end
   * of the one that cures it. Undefined: nobody does, and what was given for the question is given back at the end;
   * `again`: somebody did, and ended without a change.
   */
  async shareEnd(): Promise<Ending | 'again' | undefined> {
    const answer = await this.#askStore({ sharesWatch: true });
    if (answer.status === 'shared') return sharedEnd(answer);
    return answer.status === 'joined' ? ((await this.waitForTurn(answer, 0)) ?? 'again') : undefined;
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

  /** The remediation's end, or a part of it, as the store keeps it; settles when that is durable. */
  async leave(settlement: Settlement): Promise<void> {
    const request: LeaveRequest = {
      ...settlement,
      remediationId: this.#parts.id,
      cluster: this.#parts.cluster,
      ...(this.#actedAt === undefined ? {} : { actedAt: this.#actedAt }),
    };
    const { what } = settlement;
    this.#hasLeft ||= what === 'all';
    await CancellationScope.nonCancellable(() =>
      settle(what === 'all' ? 'leave' : `leave (${what})`, (activities) => activities.leave(request)),
    );
    if (what === 'all' || what === 'aside') this.#holding = undefined;
    else if (this.#holding !== undefined) this.#holding = { ...this.#holding, slot: false, lends: true };
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
    const { record } = this.#parts;
    for (;;) {
      const isWoken = () => this.#wakes > this.#wakesHeard;
      await record.whileWaiting(WaitingFor.Turn, () =>
        condition(isWoken, ASK_AGAIN_MS, { summary: `wait for ${leader}` }),
      );
      const answer = await this.#askStore();
      if (answer.status === 'shared') return sharedEnd(answer);
      // It leads itself now, or has to wait: everything is read anew.
      if (answer.status !== 'joined') return undefined;
    }
  }

  /** Asks by what was read last. */
  async #askStore(as: Pick<AdmitInput, 'sharesWatch' | 'lends'> = {}): Promise<Admission> {
    const asked = this.#asked;
    if (asked === undefined) throw fail('Internal', 'nothing has been read that the store could be asked about');
    this.#wakesHeard = this.#wakes;
    const input: AdmitInput = { ...asked, only: 'target', ...as };
    const answer = await settle('ask the store again', (activities) => activities.admit(input));
    this.#keepHolding(input, answer);
    return answer;
  }

  #keepHolding(input: AdmitInput, answer: Admission | undefined): void {
    if (answer?.status !== 'granted') return;
    const { only, lends = false } = input;
    this.#holding = { input, epoch: answer.epoch, slot: only === undefined, lends };
  }

  async #untilWoken(
    patience: { readonly endsAt: number; readonly text: string },
    summary: string,
  ): Promise<Ending | undefined> {
    const { record } = this.#parts;
    const isWoken = () => this.#wakes > this.#wakesHeard;
    const left = Math.min(ASK_AGAIN_MS, patience.endsAt - Date.now());
    if (left > 0) await this.#wait(left, summary, isWoken);
    if (record.findings.alertResolved) return healthy();
    if (isWoken() || Date.now() < patience.endsAt) return undefined;
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

/** An admission that neither grants nor ends. */
export type PutOff = Extract<NonNullable<PrepareResult['admission']>, { status: 'joined' | 'queued' | 'refused' }>;

/** The leader has told people already. After a cure, an alert that goes on all the same is entered again by itself. */
export function sharedEnd({ leader, outcome, text }: Extract<Admission, { status: 'shared' }>): Ending {
  return {
    ...{ outcome: Outcome.Joined, text: `Joined ${leader}, which ended ${outcome}: ${text}`, told: true },
    ...(outcome === Outcome.Remediated ? { enterAgainAt: Date.now() + SETTLING_MS } : {}),
  };
}

export function healthy(): Ending {
  return { outcome: Outcome.AlreadyHealthy, text: 'The alert resolved before anything was changed' };
}
