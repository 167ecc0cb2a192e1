import { CancellationScope, defineQuery, isCancellation, setHandler, workflowInfo } from '@temporalio/workflow';
import type { AdmitAnswer, AdmitInput } from '../../../activities/admission.ts';
import type { Activities } from '../../../activities/index.ts';
import type { PrepareResult } from '../../../activities/prepare.ts';
import { HOLDS_QUERY, LEFT_QUERY } from '../../../contract/remediation.ts';
import type { PlannedChange } from '../../../domain/actions/contract.ts';
import { subjectOf } from '../../../domain/actions/subject-of.ts';
import type { Admission, LadderStep, LeaveRequest, PreludeAct } from '../../../domain/admission/admission.ts';
import type { Alert } from '../../../domain/alert/alert.ts';
import { defined } from '../../../domain/defined.ts';
import type { Plan } from '../../../domain/plan/plan.ts';
import { objectsToHold } from '../../../domain/remediation/prelude-state.ts';
import type { PrepareRequest } from '../../../domain/remediation/prepared.ts';
import type { RefusedTarget } from '../../../domain/remediation/refused-target.ts';
import { formatTarget } from '../../../domain/target/format-target.ts';
import type { Target } from '../../../domain/target/target.ts';
import { read, settle } from '../../activity-profiles.ts';
import { fail } from '../fault.ts';
import type { OrderDoor } from '../order-door.ts';
import type { RemediationRecord } from '../record.ts';
import { unlessResolved } from '../unless-resolved.ts';
import type { WakeUps } from './wake-ups.ts';

const holdsQuery = defineQuery<Holding | undefined>(HOLDS_QUERY);
const leftQuery = defineQuery<Left | undefined>(LEFT_QUERY);

/** By the plans of a ladder before the present one, as far as the store has not heard of it. */
const NOTHING_DONE: LadderStep['before'] = { acted: false, keepMoney: false };

interface AdmissionPassParts {
  readonly id: string;
  readonly alert: Alert;
  readonly cluster: string;
  readonly record: RemediationRecord;
  readonly door: Pick<OrderDoor, 'unverifiedStart' | 'noteStartVerified'>;
  readonly wakes: WakeUps;
  /** It is entered again, after a remediation of the same spell of its alert. */
  readonly isAgain: boolean;
}

export interface Ask extends Pick<AdmitInput, 'decision' | 'only'> {
  readonly plan: Plan;
  /** Evidence is gathered already. */
  readonly withoutEvidence: boolean;
  /** A human is asked, or has said yes already. */
  readonly hasHuman: boolean;
  /** The prelude of this plan that stands already; undefined: none. */
  readonly standing: PlannedChange | undefined;
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

/** What was granted, and has been given back for good. */
export interface Left {
  readonly input: AdmitInput;
  readonly leave: LeaveRequest;
}

/** What is given back at an end; the rest is known here. */
export type Settlement = Omit<LeaveRequest, 'remediationId' | 'cluster' | 'actedAt'>;

/** What a remediation asks the store for, what it holds of it, and how that is given back. */
export class AdmissionPass {
  readonly #parts: AdmissionPassParts;
  /** What the store was asked last, or would have been. */
  #asked: AdmitInput | undefined;
  #holding: Holding | undefined;
  /** The last grant of everything that was asked for. */
  #granted: AdmitInput | undefined;
  #left: Left | undefined;
  #hasLeft = false;
  #actedAt: number | undefined;
  /** The step to the present plan of a ladder, with what the store has not heard of those before. */
  #ladder: LadderStep | undefined;
  /** What stands behind each Pod that a plan has named. */
  readonly #behind = new Map<string, Target>();
  /** What those before hold. */
  #holds: readonly string[] = [];
  #hasFired: boolean;

  constructor(parts: AdmissionPassParts) {
    this.#parts = parts;
    this.#hasFired = parts.isAgain;
    setHandler(holdsQuery, () => this.#holding);
    setHandler(leftQuery, () => this.#left);
  }

  /** The alert was seen firing at its source, by this remediation or the one before it. */
  get hasFired(): boolean {
    return this.#hasFired;
  }

  /** Undefined: nothing was granted, or it has been given back. */
  get holding(): Holding | undefined {
    return this.#holding;
  }

  /** It holds nothing any more, and will ask for nothing. */
  get hasLeft(): boolean {
    return this.#hasLeft;
  }

  /** The target was changed now: cooldowns and rates count from here. */
  noteAct(): void {
    this.#actedAt = Date.now();
  }

  /**
   * Reads everything anew and asks for what is named; one local activity, one commit of the store. Undefined: the alert has
   * resolved meanwhile.
   */
  async ask({ plan, decision, only, withoutEvidence, hasHuman, standing }: Ask): Promise<PrepareResult | undefined> {
    const { id, alert, record, door, wakes } = this.#parts;
    const start = door.unverifiedStart;
    const { runId, originalExecutionRunId: firstRunId } = workflowInfo();
    // What a run that was reset may have done is there, whatever has become of its alert since.
    const isOver = () => runId === firstRunId && record.findings.alertResolved;
    if (isOver()) return undefined;
    wakes.noteAsked();
    const call = (activities: Activities) =>
      activities.prepare({
        remediationId: id,
        alert,
        plan,
        ...(withoutEvidence ? { withoutEvidence } : {}),
        ...(hasHuman ? { hasHuman } : {}),
        firstRunId,
        ...defined({ start, standing }),
        ...this.#rungOf(plan),
        admit: { decision, ...this.#onLadder, ...defined({ only }) },
      });
    let result: PrepareResult | undefined;
    try {
      result = await read('prepare and admit', call, (patiently) =>
        runId === firstRunId ? unlessResolved(record, patiently) : patiently(),
      );
    } catch (error) {
      if (isCancellation(error) || !isOver()) throw error;
    }
    if (result === undefined) return undefined;
    door.noteStartVerified();
    const { planned, prelude, source, evidence, baseline, objective, money } = result.prepared;
    if (plan.target.kind === 'Pod') this.#behind.set(formatTarget(plan.target), subjectOf(planned).target);
    this.#hasFired ||= source.status === 'firing';
    const { admission } = result;
    const prepared = { planned, ...defined({ prelude, money }) };
    this.#asked = { remediationId: id, alert, plan, decision, prepared, ...this.#onLadder, ...defined({ only }) };
    if (admission !== undefined && this.#ladder !== undefined) this.#ladder = { ...this.#ladder, before: NOTHING_DONE };
    this.#keepHolding(this.#asked, admission);
    const refused = money !== undefined && 'refused' in money ? { budget: money.refused } : {};
    const budget = admission?.status === 'granted' || admission?.status === 'denied' ? admission.budget : undefined;
    record.keep({
      ...{ planned, source, baseline, objective },
      ...defined({ prelude, evidence }),
      ...refused,
      ...(budget === undefined ? {} : { budget }),
    });
    return result;
  }

  /** Of a later rung: which it is, and what an earlier one has found behind the Pod that both name. */
  #rungOf({ target }: Plan): Pick<PrepareRequest, 'rung' | 'behind'> {
    if (this.#ladder === undefined) return {};
    return { rung: this.#ladder.rung, ...defined({ behind: this.#behind.get(formatTarget(target)) }) };
  }

  /** Goes on to the next plan of the ladder: what it holds stays its own, and the store hears of the change with the next ask. */
  stepUp({
    rung,
    acted,
    keepMoney,
    prelude,
  }: {
    readonly rung: number;
    readonly acted: boolean;
    readonly keepMoney: boolean;
    readonly prelude: PreludeAct | undefined;
  }): void {
    const untold = this.#ladder?.before;
    const before =
      untold?.acted === true && !acted ? untold : { acted, keepMoney, ...defined({ actedAt: this.#actedAt }) };
    this.#ladder = { rung, before: { ...before, ...defined({ prelude: prelude ?? untold?.prelude }) } };
    this.#actedAt = undefined;
    if (this.#asked !== undefined && this.#holding !== undefined) {
      const { plan, prepared } = this.#asked;
      const objects = prepared === undefined ? [formatTarget(plan.target)] : objectsToHold(prepared);
      this.#holds = [...new Set([...this.#holds, ...objects])];
    }
  }

  /** A reset run has found what an earlier one did further up: that is where it goes on. */
  goTo(rung: number): void {
    this.#ladder = { rung, before: NOTHING_DONE };
  }

  /** The remediation's end, or a part of it, as the store keeps it; settles when that is durable. */
  async leave(settlement: Settlement): Promise<void> {
    const untold = this.#ladder?.before ?? NOTHING_DONE;
    const actedAt = this.#actedAt ?? untold.actedAt;
    const request: LeaveRequest = {
      ...settlement,
      acted: settlement.acted || untold.acted,
      keepMoney: settlement.keepMoney || untold.keepMoney,
      remediationId: this.#parts.id,
      cluster: this.#parts.cluster,
      ...defined({ actedAt, prelude: settlement.prelude ?? untold.prelude }),
    };
    const { what } = settlement;
    this.#hasLeft ||= what === 'all';
    await CancellationScope.nonCancellable(() =>
      settle(what === 'all' ? 'leave' : `leave (${what})`, (activities) => activities.leave(request)),
    );
    if (what === 'all' && this.#granted !== undefined) {
      this.#left = { input: this.#granted, leave: { ...request, audit: [] } };
    }
    if (what === 'all' || what === 'aside') this.#holding = undefined;
    else if (this.#holding !== undefined) this.#holding = { ...this.#holding, slot: false, lends: true };
  }

  /**
   * Asks whose the target is, where the action refused it as it found it, so that nothing was read to ask by. Undefined: it
   * is its own throughout a ladder, and nothing else has changed it.
   */
  async askUnseen(
    { plan, decision }: Pick<Ask, 'plan' | 'decision'>,
    refused: RefusedTarget | undefined,
  ): Promise<AdmitAnswer | undefined> {
    if (this.#holding !== undefined) return undefined;
    const { id, alert } = this.#parts;
    const behind = defined({ behind: refused?.behind });
    this.#asked = { remediationId: id, alert, plan, decision, ...behind, ...this.#onLadder };
    return await this.askStore({ sharesWatch: true, looks: true });
  }

  /** Asks by what was read last. */
  async askStore(as: Pick<AdmitInput, 'sharesWatch' | 'lends' | 'looks'> = {}): Promise<AdmitAnswer> {
    const asked = this.#asked;
    if (asked === undefined) throw fail('Internal', 'nothing has been read that the store could be asked about');
    this.#parts.wakes.noteAsked();
    const input: AdmitInput = { ...asked, only: 'target', ...as };
    const answer = await settle('ask the store again', (activities) => activities.admit(input));
    this.#keepHolding(input, answer);
    return answer;
  }

  get #onLadder(): Pick<AdmitInput, 'ladder' | 'holds'> {
    return this.#ladder === undefined ? {} : { ladder: this.#ladder, holds: this.#holds };
  }

  #keepHolding(input: AdmitInput, answer: Admission | undefined): void {
    if (answer?.status !== 'granted') return;
    const { only, lends = false } = input;
    this.#holding = { input, epoch: answer.epoch, slot: only === undefined, lends };
    if (only === undefined) this.#granted = input;
  }
}
