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
import type { Alert } from '../../domain/alert/alert.ts';
import { type RemediationResult, Step } from '../../domain/remediation/remediation.ts';
import { type AuditFact, AuditTrail } from './audit-trail.ts';
import {
  type RemediationInput,
  RESOLVED_SIGNAL,
  type ResolvedNotice,
  type RemediationStatus,
  STATUS_QUERY,
  UNDO_UPDATE,
  type UndoInput,
} from '../../contract/remediation.ts';
import { type Ending, endingAfterFault } from './ending.ts';
import { faultOf } from './fault.ts';
import { type Lifecycle, pursue } from './lifecycle.ts';
import { type Message, notifyPeople } from './notices.ts';
import { RemediationRecord } from './record.ts';
import { Saga } from './saga.ts';
import { telemetry } from '../tracing/sinks.ts';
import type { RestoreResult } from '../../domain/actions/effects.ts';
import { ApprovalDesk } from './stages/approval-desk.ts';
import { GuardPass } from './stages/guard-pass.ts';
import { PageHold } from './stages/page-hold.ts';

export const resolvedSignal = defineSignal<[ResolvedNotice]>(RESOLVED_SIGNAL);
export const statusQuery = defineQuery<RemediationStatus>(STATUS_QUERY);
export const undoUpdate = defineUpdate<Step, [UndoInput]>(UNDO_UPDATE);

/** Steps at which nothing can be called back any more. */
const TOO_LATE: readonly Step[] = [Step.Compensating, Step.Notifying, Step.Ended];

/**
 * What Mendloop does about one alert, from decision to outcome. One execution an alert; its ID is the alert's identity.
 * Cancelling it at any step undoes what it changed.
 */
export async function remediation({ alert }: RemediationInput): Promise<RemediationResult> {
  return await new Remediation(alert).run();
}

class Remediation {
  readonly #life: Lifecycle;
  readonly #scope = new CancellationScope();
  /** People are being told, beside what goes on. */
  readonly #telling: Promise<void>[] = [];
  #undo: UndoInput | undefined;

  constructor(alert: Alert) {
    const id = workflowInfo().workflowId;
    const record = new RemediationRecord();
    this.#life = {
      id,
      alert,
      record,
      saga: new Saga<RestoreResult>(),
      guards: new GuardPass({ id, alert, record }),
      desk: new ApprovalDesk(record),
      audit: new AuditTrail(id),
      page: new PageHold({ id, alert, record }),
      notify: (message) => this.#tell(message),
      action: undefined,
    };
    setHandler(statusQuery, () => record.status);
    setHandler(resolvedSignal, () => {
      record.keep({ alertResolved: true });
    });
    setHandler(undoUpdate, (order) => this.#callBack(order), {
      validator: (order: UndoInput) => this.#checkUndo(order),
    });
  }

  async run(): Promise<RemediationResult> {
    let ending: Ending;
    let cancellation: Error | undefined;
    try {
      ending = await this.#scope.run(() => pursue(this.#life));
    } catch (error) {
      if (error instanceof Error && isCancellation(error) && this.#undo === undefined) cancellation = error;
      ending = await CancellationScope.nonCancellable(() => this.#unwind(error));
    }
    // Telling people and taking marks off must not be stopped half-way either.
    const result = await CancellationScope.nonCancellable(() => this.#close(ending));
    // A cancelled workflow shows as such in the Web UI; its memory is in the details and the search attributes.
    if (cancellation !== undefined) throw cancellation;
    return result;
  }

  /** Undoes what was done, in reverse, and says how that went. */
  async #unwind(error: unknown): Promise<Ending> {
    const { record, saga, action } = this.#life;
    const found = faultOf(error, record.step);
    const by = this.#undo;
    const fault =
      by === undefined || found.type !== 'Cancelled'
        ? found
        : { ...found, message: `undone by ${by.by}: ${by.reason}` };
    record.keep({ fault });
    if (saga.isEmpty) return endingAfterFault(fault, []);
    record.enter(Step.Compensating, `${fault.message}; undoing the change`);
    const results = await saga.compensate();
    const first = results[0];
    if (first?.ok) record.keep({ compensation: first.result });
    return endingAfterFault(fault, results, action?.manualUndo);
  }

  async #close(ending: Ending): Promise<RemediationResult> {
    const { outcome, text } = ending;
    const { record, guards, action } = this.#life;
    record.enter(Step.Notifying, text);
    if (record.indexedOutcome !== outcome) record.index({ outcome });
    const acted = record.findings.scale !== undefined;
    const pageLet = this.#life.page.end();
    // First of all, because others wait for it; people are told for as long as it takes.
    const budgetKept = acted && record.findings.compensation === undefined;
    await guards.leaveAll({ outcome, text, acted, budgetKept });
    const told = ending.told === true ? undefined : this.#notify(messageOf(ending));
    this.#auditEnd(ending);
    await told;
    await this.#release();
    await Promise.all([this.#life.audit.settled(), pageLet, ...this.#telling]);
    telemetry.remediationEnded({
      action: action === undefined ? 'none' : 'scale',
      outcome,
      seconds: record.elapsedSeconds,
    });
    await condition(allHandlersFinished);
    return record.end(outcome, text);
  }

  #auditEnd({ outcome, text }: Ending): void {
    const { compensation, fault } = this.#life.record.findings;
    const facts: AuditFact[] = [];
    if (fault?.step === Step.Acting) {
      facts.push({ kind: 'effect_failed', step: 'act/failed', data: { type: fault.type, message: fault.message } });
    }
    if (compensation !== undefined) {
      facts.push({ kind: 'compensation', step: 'compensation', data: { ...compensation } });
    }
    const because = fault === undefined ? {} : { fault: fault.type };
    this.#life.audit.add([...facts, { kind: 'outcome', step: 'outcome', data: { outcome, text, ...because } }]);
  }

  /** Settles when everybody was told, or cannot be; whoever does not wait for it is waited for at the end. */
  #tell(message: Message): Promise<void> {
    const told = this.#notify(message);
    this.#telling.push(told.catch(() => undefined));
    return told;
  }

  async #notify(message: Message): Promise<void> {
    const { id, alert, record } = this.#life;
    const notified = await notifyPeople({ id, alert, status: record.status, message });
    record.keep({ notified: [...record.findings.notified, ...notified] });
  }

  /** Best effort: the marks are for people, and a target that is gone or refuses has none to take off. */
  async #release(): Promise<void> {
    const { record, guards, action } = this.#life;
    // Whoever the lease made way for takes the marks over, and with them where the target once stood.
    const { scale, lease } = record.findings;
    if ((scale === undefined && lease === undefined) || guards.yieldTo !== undefined) return;
    try {
      await action?.release();
    } catch (error) {
      record.enter(Step.Notifying, `Could not take the marks off: ${faultOf(error, Step.Notifying).message}`);
    }
  }

  #callBack(order: UndoInput): Step {
    const { step } = this.#life.record;
    this.#undo = order;
    this.#scope.cancel();
    return step;
  }

  #checkUndo({ by }: UndoInput): void {
    const { step } = this.#life.record;
    if (typeof by !== 'string' || by.trim() === '') throw new Error('it does not say who asks');
    if (this.#undo !== undefined) throw new Error(`${this.#undo.by} has asked for it already`);
    if (TOO_LATE.includes(step)) throw new Error(`it is too late: the remediation is ${step}`);
  }
}

function messageOf({ outcome, text, manualCommand }: Ending): Message {
  return { kind: outcome, text, ...(manualCommand === undefined ? {} : { manualCommand }) };
}
