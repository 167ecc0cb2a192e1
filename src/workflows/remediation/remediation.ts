import {
  allHandlersFinished,
  CancellationScope,
  condition,
  defineQuery,
  defineSignal,
  defineUpdate,
  isCancellation,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import {
  RESOLVED_SIGNAL,
  type RemediationStatus,
  type ResolvedNotice,
  type SealedStart,
  STATUS_QUERY,
  UNDO_UPDATE,
  type UndoInput,
} from '../../contract/remediation.ts';
import { Undo } from '../../domain/actions/contract.ts';
import type { UndoResult } from '../../domain/actions/effects.ts';
import type { JsonObject } from '../../domain/audit/canonical-json.ts';
import { defined } from '../../domain/defined.ts';
import type { FailureType } from '../../domain/failures.ts';
import { describeTried, rungKey } from '../../domain/ladder/ladder.ts';
import { formatTarget } from '../../domain/target/format-target.ts';
import type { Target } from '../../domain/target/target.ts';
import { Order, type Sealed, saidOf } from '../../domain/orders/seal.ts';
import { isFailure, ORDER_FORGED, toldAs } from '../../domain/notice/notification.ts';
import { isOrdered } from '../../domain/remediation/describe-fault.ts';
import { Outcome } from '../../domain/remediation/outcome.ts';
import { type RemediationResult, Step } from '../../domain/remediation/remediation.ts';
import { describeUndo } from '../../domain/remediation/what-was-done.ts';
import { isTransient } from '../activity-profiles.ts';
import { type AuditFact, AuditTrail } from './audit-trail.ts';
import { type Ending, endingAfterFault } from './ending.ts';
import { fail, faultOf } from './fault.ts';
import { DiagnosisDesk } from './diagnosis-desk.ts';
import type { Effects } from './effects.ts';
import type { Lifecycle } from './life.ts';
import { pursue } from './lifecycle.ts';
import { type Message, notifyPeople } from './notices.ts';
import { OrderDoor } from './order-door.ts';
import { RemediationRecord } from './record.ts';
import { Saga } from './saga.ts';
import { AdmissionPass } from './stages/admission-pass.ts';
import { RightOfWay } from './stages/right-of-way.ts';
import { Turn } from './stages/turn.ts';
import { WakeUps } from './stages/wake-ups.ts';
import { ApplierPauses } from './stages/applier-pauses.ts';
import { ApprovalDesk } from './stages/approval-desk.ts';
import { PageHold } from './stages/page-hold.ts';
import { Prelude } from './stages/prelude.ts';
import { telemetry } from '../tracing/sinks.ts';

export const resolvedSignal = defineSignal<[Sealed<ResolvedNotice>]>(RESOLVED_SIGNAL);
export const statusQuery = defineQuery<RemediationStatus>(STATUS_QUERY);
export const undoUpdate = defineUpdate<Step, [Sealed<UndoInput>]>(UNDO_UPDATE);

/** Ends that count against a rule that has acted. */
const GIVEN_UP: readonly Outcome[] = [Outcome.Escalated, Outcome.Cancelled, Outcome.RolledBack];

/** Faults by which another hand has taken a change away between act and verdict. */
const TAKEN_AWAY: readonly FailureType[] = ['LeverMoved', 'TargetChanged', 'TargetReplaced', 'TargetNotFound'];

/** Steps at which nothing can be called back any more. */
const TOO_LATE: readonly Step[] = [Step.Compensating, Step.Notifying, Step.Ended];

/**
 * What Mendloop does about one incident, from decision to outcome. Its ID is the incident's identity. Cancelling it at any
 * step undoes what it changed.
 */
export function remediation(input: SealedStart): Promise<RemediationResult> {
  return new Remediation(input).run();
}

class Remediation {
  readonly #life: Lifecycle;
  readonly #scope = new CancellationScope();
  /** People are being told, beside what goes on. */
  readonly #telling: Promise<void>[] = [];
  #undo: UndoInput | undefined;
  /** What people were told of while the alert fired, and have not heard the end of. */
  #page: Message | undefined;
  /** People were told that the remediation before this one was held back. */
  #isHeldBack: boolean;
  readonly #door: OrderDoor;

  constructor(start: SealedStart) {
    const { alert, cluster, decision, previous } = start;
    const id = workflowInfo().workflowId;
    const record = new RemediationRecord(alert);
    const audit = new AuditTrail(id);
    const wakes = new WakeUps();
    const door = new OrderDoor({
      start,
      tell: (text) => record.enter(record.step, text),
      warn: (text) => void this.#tell({ kind: ORDER_FORGED, text }),
    });
    this.#door = door;
    const isAgain = previous !== undefined;
    const pass = new AdmissionPass({ id, alert, cluster, record, door, wakes, isAgain });
    this.#isHeldBack = previous?.outcome === Outcome.Suppressed;
    this.#life = {
      ...{ id, alert, cluster, decision, record },
      saga: new Saga<UndoResult>(),
      pass,
      turn: new Turn({ pass, wakes, record, isAgain }),
      way: new RightOfWay({ pass, wakes }),
      desk: new ApprovalDesk({ record, door, audit }),
      audit,
      page: new PageHold({ id, alert, record, door }),
      pauses: new ApplierPauses(),
      prelude: new Prelude(),
      diagnosis: new DiagnosisDesk({ alert, cluster, record }),
      door,
      notify: (message) => this.#tell(message),
      endHeldBack: () => this.#endHeldBack(),
      effects: undefined,
      ladder: { rung: 1, tried: [] },
      earlierEffects: [],
    };
    setHandler(statusQuery, () => record.status);
    setHandler(resolvedSignal, async (input) => {
      if (await door.admits({ order: Order.Resolved, input })) record.keep({ alertResolved: true });
    });
    setHandler(undoUpdate, (order) => this.#callBack(order), {
      validator: (order: Sealed<UndoInput>) => {
        door.check(order);
        const problem = this.#undoProblem(order);
        if (problem !== undefined) throw new Error(problem); // What the sender gets to read.
      },
    });
  }

  async run(): Promise<RemediationResult> {
    let ending: Ending;
    let cancellation: Error | undefined;
    try {
      ending = await this.#scope.run(() => pursue(this.#life));
    } catch (error) {
      if (error instanceof Error && isCancellation(error) && this.#undo === undefined) {
        cancellation = error;
        const data = { step: this.#life.record.step, text: 'cancelled at Temporal, which does not say who did it' };
        this.#life.audit.add([orderFact('cancel', 'unknown', { via: 'temporal', ...data })]);
      }
      ending = await CancellationScope.nonCancellable(() => this.#unwind(error));
    }
    // Telling people and giving back what is held must not be stopped half-way either.
    const result = await CancellationScope.nonCancellable(async () => {
      const settled = await this.#life.prelude.settle(this.#life, ending);
      return await this.#close(endOfLadder(settled, this.#life.ladder));
    });
    // A cancelled workflow shows as such in the Web UI; its memory is in the details and the search attributes.
    if (cancellation !== undefined) throw cancellation;
    return result;
  }

  /** Undoes what was done, in reverse, and says how that went. */
  async #unwind(error: unknown): Promise<Ending> {
    const { record, saga, effects } = this.#life;
    const found = faultOf(error, record.step);
    const by = this.#undo;
    const fault =
      by === undefined || found.type !== 'Cancelled'
        ? found
        : { ...found, message: `undone by ${by.by}: ${by.reason}` };
    record.keep({ fault });
    // As it is now, beside the undo: a human is about to be told.
    if (!isOrdered(fault)) void this.#life.diagnosis.take();
    // Of the step that failed, unless it has said so already.
    if (record.status.summary !== fault.message) record.enter(record.step, fault.message);
    if (saga.isEmpty) return endingAfterFault({ fault, results: [], stays: this.#whatStays(error) });
    record.enter(Step.Compensating, 'Undoing the change');
    const results = await saga.compensate();
    const first = results[0];
    if (first?.ok) record.enter(Step.Compensating, describeUndo(first.result), { compensation: first.result });
    return endingAfterFault({ fault, results, manualCommand: effects?.planned.manualUndo });
  }

  /** What was done, or may have been, where it cannot be undone. */
  #whatStays(error: unknown): string | undefined {
    const { record, effects, ladder } = this.#life;
    const kept = ladder.tried.findLast(({ acted, undo }) => acted && undo === undefined);
    const earlier = kept && (kept.effect ?? kept.title);
    if (effects === undefined || effects.planned.undo === Undo.Exact) return earlier;
    if (effects.result !== undefined) return effects.result.changed ? effects.result.text : earlier;
    const isUnderWay = effects.mayHaveActed || effects.isResumed;
    const isUnheard = isUnderWay && record.step === Step.Acting && (isCancellation(error) || isTransient(error));
    return isUnheard ? `whether it was done is not known: ${effects.planned.title}` : earlier;
  }

  async #close(ending: Ending): Promise<RemediationResult> {
    const { outcome, text } = ending;
    const { record } = this.#life;
    record.enter(Step.Notifying, text);
    // Where nothing was done, or another hand took it away, the scorecard must not count it for the rule.
    const { fault } = record.findings;
    const last = this.#lastActed;
    const isOurs = last !== undefined && (fault === undefined || !TAKEN_AWAY.includes(fault.type));
    const unearned = GIVEN_UP.includes(outcome) && !isOurs ? { action: 'none' } : {};
    if (record.indexedOutcome !== outcome) record.index({ outcome, ...unearned });
    const pageLet = this.#life.page.end();
    const told = ending.told === true ? Promise.resolve() : this.#tellOfEnd(ending);
    const cleared = this.#allClear(told);
    const isHeldBack = outcome === Outcome.Suppressed;
    const ended = isHeldBack ? Promise.resolve() : this.#endHeldBack();
    // After the undo, which must not be put back half-way; beside what is left, which the store may hold up.
    const resumed = this.#life.pauses.resume(this.#life);
    // First of all, because others wait for it; people are told for as long as it takes.
    await this.#leave(ending);
    await Promise.all([told, cleared, ended, resumed]);
    await this.#release();
    await Promise.all([pageLet, ...this.#telling]);
    // Until the very end the signal comes here: the on-call who was paged must hear of it all the same.
    await this.#clear({ isOver: !isFailure({ kind: toldAs(outcome) }) });
    telemetry.remediationEnded({
      action: isOurs ? last : 'none',
      outcome,
      seconds: record.elapsedSeconds,
    });
    await condition(allHandlersFinished);
    return record.end(outcome, text);
  }

  /** With what is to be seen of the target, where a human has to go on from there. */
  async #tellOfEnd(ending: Ending): Promise<void> {
    const message = messageOf(ending);
    if (isFailure(message)) await this.#life.diagnosis.take();
    await this.#notify(message);
  }

  /** The action by which the target was changed last, or may have been; undefined: it was not. */
  get #lastActed(): string | undefined {
    const { effects, ladder } = this.#life;
    if (effects?.mayHaveActed === true) return effects.planned.action;
    return ladder.tried.findLast(({ acted }) => acted)?.action;
  }

  /** Everything that is held, with the rows that say how it ended, in one commit. */
  async #leave(ending: Ending): Promise<void> {
    const { record, pass, audit, effects, ladder } = this.#life;
    const { outcome, text, enterAgainAt } = ending;
    const { decision } = record.findings;
    if (effects === undefined && decision !== undefined) audit.addDecision(decision);
    this.#auditEnd(ending);
    const acted = effects?.mayHaveActed === true;
    await pass.leave({
      what: 'all',
      ...{ outcome, text, acted },
      ...defined({ prelude: this.#life.prelude.act }),
      keepMoney: acted && record.findings.compensation === undefined,
      ...(ladder.tried.some((tried) => tried.acted) ? { actedBefore: true } : {}),
      ...defined({ enterAgainAt }),
      audit: audit.take(),
    });
  }

  #auditEnd({ outcome, text }: Ending): void {
    const { compensation, fault } = this.#life.record.findings;
    const facts: AuditFact[] = [];
    if (fault?.step === Step.Acting && !isOrdered(fault)) {
      facts.push({
        kind: 'effect_failed',
        step: `${rungKey(this.#life.ladder.rung)}act/failed`,
        data: { type: fault.type, message: fault.message },
      });
    }
    if (compensation !== undefined) {
      const { status, text: undone } = compensation;
      facts.push({
        kind: 'compensation',
        step: `${rungKey(this.#life.ladder.rung)}compensation`,
        data: { status, text: undone },
      });
    }
    const because = fault === undefined ? {} : { fault: fault.type };
    this.#life.audit.add([...facts, { kind: 'outcome', step: 'outcome', data: { outcome, text, ...because } }]);
  }

  /** Settles when every channel was told, or cannot be; what does not wait for it is waited for at the end. */
  #tell(message: Message): Promise<void> {
    const told = this.#notify(message);
    this.#telling.push(told.catch(() => undefined));
    return told;
  }

  async #notify(message: Message): Promise<void> {
    const { id, alert, record } = this.#life;
    if (message.resolved !== true && isFailure(message) && message.kind !== ORDER_FORGED)
      this.#page = record.findings.alertResolved ? undefined : message;
    const notified = await notifyPeople({ id, alert, status: record.status, message });
    record.keep({ notified: [...record.findings.notified, ...notified] });
  }

  /** An alert that resolves while people are told of a failure: one channel that is down must not keep pages open. */
  async #allClear(told: Promise<void>): Promise<void> {
    if (this.#page === undefined) return;
    await Promise.race([told, condition(() => this.#life.record.findings.alertResolved)]);
    await this.#clear({ isOver: false });
  }

  /** Closes the page that is open, if the alert has resolved since, or what it was about is over. */
  async #clear({ isOver }: { readonly isOver: boolean }): Promise<void> {
    const page = this.#page;
    const { alertResolved } = this.#life.record.findings;
    if (page === undefined || !(alertResolved || isOver)) return;
    this.#page = undefined;
    const { occasion: _, ...rest } = page;
    const text = alertResolved ? `The alert has resolved. ${page.text}` : `That is over. ${page.text}`;
    await this.#notify({ ...rest, text, resolved: true });
  }

  async #endHeldBack(): Promise<void> {
    if (!this.#isHeldBack) return;
    this.#isHeldBack = false;
    const text = `It is held back no more: ${this.#life.record.status.summary}`;
    await this.#tell({
      ...{ kind: toldAs(Outcome.Suppressed), text, resolved: true },
      ...{ ofSpell: true, occasion: 'held-back-no-more' },
    });
  }

  /** Best effort: the marks are for people, and a target that is gone or refuses has none to take off. */
  async #release(): Promise<void> {
    const { record, way, effects, earlierEffects } = this.#life;
    await this.#releaseEarlier(earlierEffects);
    // The remediation that the lease made way for takes the marks over, and with them where the target once stood.
    const { effect, lease } = record.findings;
    if (effects === undefined || (effect === undefined && lease === undefined) || way.yieldTo !== undefined) return;
    try {
      await effects.release();
    } catch (error) {
      record.enter(Step.Notifying, `Could not take the marks off: ${faultOf(error, Step.Notifying).message}`);
    }
  }

  /** Marks of earlier rungs, on objects that the last one has not touched. */
  async #releaseEarlier(earlier: readonly Effects[]): Promise<void> {
    const last = this.#life.effects?.planned.target;
    const objects = new Map(
      earlier
        .filter(
          ({ result, planned }) => result !== undefined && (last === undefined || !isSameTarget(planned.target, last)),
        )
        .map((effects) => [formatTarget(effects.planned.target), effects]),
    );
    for (const effects of objects.values()) {
      try {
        await effects.release();
      } catch (error) {
        const { record } = this.#life;
        record.enter(Step.Notifying, `Could not take the marks off: ${faultOf(error, Step.Notifying).message}`);
      }
    }
  }

  async #callBack(order: Sealed<UndoInput>): Promise<Step> {
    await this.#door.require({ order: Order.Undo, input: order });
    const problem = this.#undoProblem(order);
    if (problem !== undefined) throw fail('OrderRefused', problem);
    const { record, audit } = this.#life;
    const { step } = record;
    const { by, reason, via = 'http' } = saidOf(order);
    this.#undo = { by, reason };
    this.#scope.cancel();
    // At once, and again with the end: an audit log that is away must not hold an undo up.
    const fact = orderFact('undo', by, { reason, step, via });
    audit.add([fact]);
    audit.offer(fact);
    return step;
  }

  #undoProblem({ by }: UndoInput): string | undefined {
    const { step } = this.#life.record;
    if (typeof by !== 'string' || by.trim() === '') return 'it does not say who asks';
    if (this.#undo !== undefined) return `${this.#undo.by} has asked for it already`;
    return TOO_LATE.includes(step) ? `it is too late: the remediation is ${step}` : undefined;
  }
}

function isSameTarget(one: Target, other: Target): boolean {
  return formatTarget(one) === formatTarget(other);
}

/**
 * The end of a ladder: a human, told what was tried, unless one of its plans was the cure or the alert is over. It does not
 * begin anew by itself.
 */
function endOfLadder(ending: Ending, { rung, tried }: Lifecycle['ladder']): Ending {
  const { outcome } = ending;
  if (tried.length === 0 || outcome === Outcome.Remediated) return ending;
  const { enterAgainAt: _, told: __, ...rest } = ending;
  const isOver = outcome === Outcome.AlreadyHealthy;
  const text = isOver ? `The alert was over before rung ${rung} was tried` : ending.text;
  const isLeftAlone = outcome === Outcome.Suppressed || outcome === Outcome.Observed;
  return { ...rest, outcome: isLeftAlone ? Outcome.Escalated : outcome, text: `${text}. ${describeTried(tried)}` };
}

function orderFact(order: 'undo' | 'cancel', actor: string, data: JsonObject): AuditFact {
  return { kind: 'order', step: `order/${order}`, actor, data: { order, ...data } };
}

function messageOf({ outcome, text, manualCommand }: Ending): Message {
  return { kind: toldAs(outcome), text, ofSpell: outcome === Outcome.Suppressed, ...defined({ manualCommand }) };
}
