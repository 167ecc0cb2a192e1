import { CancellationScope, condition, workflowInfo } from '@temporalio/workflow';
import type { PlannedChange } from '../../../domain/actions/contract.ts';
import type { PreludeAct } from '../../../domain/admission/admission.ts';
import type { UndoResult } from '../../../domain/actions/effects.ts';
import { defined } from '../../../domain/defined.ts';
import { rungKey } from '../../../domain/ladder/ladder.ts';
import type { Plan } from '../../../domain/plan/plan.ts';
import { Outcome } from '../../../domain/remediation/outcome.ts';
import { type PreludeState, preludeChange } from '../../../domain/remediation/prelude-state.ts';
import { Step } from '../../../domain/remediation/remediation.ts';
import { describeUndo } from '../../../domain/remediation/what-was-done.ts';
import { formatTarget } from '../../../domain/target/format-target.ts';
import { isTransient, read } from '../../activity-profiles.ts';
import { Effects } from '../effects.ts';
import type { Ending } from '../ending.ts';
import { faultOf } from '../fault.ts';
import { fenceOf } from '../fence-of.ts';
import type { Fenced, Lifecycle, PausedFor, PreludeKept } from '../life.ts';
import { undoPatiently } from './undo.ts';
import { untilDone } from './until-done.ts';

/** A prelude that was granted, and how long it may stand. */
interface Granted {
  readonly effects: Effects;
  readonly maxSeconds: number;
}

/**
 * What comes before a plan's change, makes room for it, and stands for its time: by its own undo it is given back, once,
 * whatever ends it first; after the change itself is undone where that is what ends it.
 */
export class Prelude implements PreludeKept {
  #granted: Granted | undefined;
  /** Stands, or may. */
  #up: Granted | undefined;
  /** It has taken effect. */
  #isReady = false;
  #giving: Promise<void> | undefined;
  #stuck: Ending | undefined;
  #act: PreludeAct | undefined;
  #isActing = false;
  /** Whose time runs. */
  #timed: Granted | undefined;
  /** How often one was done in this rung: it is done anew after something has held its plan back. */
  #times = 0;

  get act(): PreludeAct | undefined {
    return this.#act;
  }

  get standing(): PlannedChange | undefined {
    return this.#up?.effects.planned;
  }

  async recall(life: Lifecycle, plans: readonly Plan[]): Promise<void> {
    const { runId, originalExecutionRunId } = workflowInfo();
    const clause = plans.find(({ prelude }) => prelude !== undefined)?.prelude;
    if (clause === undefined || runId === originalExecutionRunId) return;
    const earlier = await read('look what an earlier run has left', (activities) => activities.recallPrelude());
    if (earlier === 'none') return;
    const { planned, epoch, result } = earlier;
    const { maxSeconds } = clause;
    const effects = new Effects({
      ...{ remediationId: life.id, planned, epoch, deadlineSeconds: maxSeconds, mode: undefined, rung: 1 },
      ...{ earlier: { planned, ...defined({ result }) }, isPrelude: true },
    });
    this.#act = actOf(planned);
    this.#up = { effects, maxSeconds };
    this.#startClock(life, this.#up);
  }

  grant(life: Lifecycle, { prelude, effectDeadlineSeconds }: Plan, granted: PausedFor | undefined): void {
    if (this.#up !== undefined) {
      if (granted !== undefined) this.#up.effects.noteGrant(granted.epoch);
      this.#granted = this.#up;
      return;
    }
    this.#granted = undefined;
    if (prelude === undefined || granted === undefined) return;
    const { maxSeconds } = prelude;
    const effects = new Effects({
      ...granted,
      ...{ remediationId: life.id, deadlineSeconds: Math.min(effectDeadlineSeconds, maxSeconds) },
      ...{ rung: life.ladder.rung, earlier: undefined, isPrelude: true },
    });
    this.#granted = { effects, maxSeconds };
  }

  async make(life: Lifecycle, plan: Plan): Promise<Fenced | undefined> {
    const granted = this.#granted;
    if (granted === undefined || this.#isReady) return undefined;
    const { effects } = granted;
    const { record, audit } = life;
    const { planned } = effects;
    record.enter(Step.Acting, `First: ${planned.title}`);
    // Before the step: it may take effect without its result ever being heard.
    this.#up = granted;
    this.#times += 1;
    this.#isActing = true;
    /** Series of attempts whose answer was lost. */
    const lost: unknown[] = [];
    try {
      if (plan.gitOps === 'suspend') await life.pauses.pause(life, effects.grant);
      const effect = await untilDone(life, {
        attempt: () => effects.act({ again: lost.length > 0 }),
        isHealable: (error) => isTransient(error) && lost.push(error) > 0,
        what: `"${planned.title}"`,
        manualCommand: planned.command,
        occasion: `${this.#key(life)}failing`,
      });
      if (effect.changed) this.#act = actOf(planned);
      const { changed, text } = effect;
      audit.add([
        {
          ...{ kind: 'effect_done', step: `${this.#key(life)}done` },
          data: { changed, text, object: formatTarget(planned.target) },
        },
      ]);
      record.enter(Step.Acting, text, keptAs(life, { planned, effect }));
    } catch (error) {
      return this.#notDone(life, granted, error);
    } finally {
      this.#isActing = false;
    }
    this.#startClock(life, granted);
    const { text } = await effects.observe();
    record.enter(Step.Acting, text);
    this.#isReady = true;
    return undefined;
  }

  /** What was fenced off, or is not needed any more, was not done. @throws what failed otherwise. */
  #notDone({ record }: Lifecycle, { effects }: Granted, error: unknown): Fenced | undefined {
    const fenced = fenceOf(error);
    const { type, message } = faultOf(error, Step.Acting);
    if (fenced !== undefined && (fenced.mayHaveActed || effects.isResumed)) {
      this.#act = actOf(effects.planned); // What may have been done is given back like any other.
      return fenced;
    }
    if (fenced === undefined && type !== 'NotIndicated') {
      this.#act = actOf(effects.planned);
      throw error;
    }
    effects.noteFencedOff();
    this.#up = undefined;
    this.#granted = undefined;
    if (fenced !== undefined) return fenced;
    record.enter(Step.Acting, `Not needed: ${message}`, { prelude: { unneeded: message } });
    return undefined;
  }

  /** It is given back at its longest time, beside what goes on, and whatever becomes of that. */
  #startClock(life: Lifecycle, granted: Granted): void {
    if (this.#timed === granted) return;
    this.#timed = granted;
    const { maxSeconds } = granted;
    void CancellationScope.nonCancellable(async () => {
      const isOver = () => this.#up !== granted || this.#giving !== undefined;
      if (await condition(isOver, maxSeconds * 1000, { summary: 'until the prelude is given back' })) return;
      // An undo beside an act that is under way could come first.
      await condition(() => !this.#isActing);
      if (this.#up === granted) await this.giveBack(life, `it may stand for ${maxSeconds} s`);
    });
  }

  /** What keys of it begin with. */
  #key({ ladder }: Lifecycle): string {
    return `${rungKey(ladder.rung)}prelude${this.#times > 1 ? `-${this.#times}` : ''}/`;
  }

  async giveBack(life: Lifecycle, why: string): Promise<Ending | undefined> {
    const up = this.#up;
    if (up !== undefined) {
      this.#giving ??= CancellationScope.nonCancellable(() => this.#undo(life, up, why));
      await this.#giving;
    }
    return this.#stuck;
  }

  async #undo(life: Lifecycle, up: Granted, why: string): Promise<void> {
    const { record } = life;
    const { effects } = up;
    const { title, manualUndo } = effects.planned;
    record.enter(record.step, `Taking back what came first, "${title}": ${why}`);
    try {
      const undo = await undoPatiently(life, effects, 'prelude/');
      const { planned, result: effect } = effects;
      record.enter(record.step, describeUndo(undo), keptAs(life, { planned, undo, ...defined({ effect }) }));
      if (undo.status === 'nothing_to_undo' && effect?.changed !== true) this.#act = undefined;
      this.#audit(life, { planned, undo, why });
      await this.#release(life, effects);
    } catch (error) {
      const { message } = faultOf(error, record.step);
      const text = `What came first, "${title}", could not be undone (${message}): undo it by hand`;
      record.enter(record.step, text);
      this.#stuck = { outcome: Outcome.Escalated, text, ...defined({ manualCommand: manualUndo }) };
    }
    this.#up = undefined;
    this.#granted = undefined;
    this.#isReady = false;
    this.#giving = undefined;
  }

  #audit(
    life: Lifecycle,
    { planned, undo, why }: { readonly planned: PlannedChange; readonly undo: UndoResult; readonly why: string },
  ): void {
    const { status } = undo;
    const data = { status, text: describeUndo(undo), reason: why, object: formatTarget(planned.target) };
    life.audit.add([{ kind: 'compensation', step: `${this.#key(life)}ended`, data }]);
  }

  /** Best effort: the marks are for people. */
  async #release({ record }: Lifecycle, effects: Effects): Promise<void> {
    try {
      await effects.release();
    } catch (error) {
      record.enter(record.step, `Could not take the marks off: ${faultOf(error, record.step).message}`);
    }
  }

  nextRung(): void {
    this.#act = undefined;
    this.#granted = undefined;
    this.#times = 0;
  }

  async settle(life: Lifecycle, ending: Ending): Promise<Ending> {
    const stuck = await this.giveBack(life, 'nothing more is done');
    if (stuck === undefined || ending.text.includes(stuck.text)) return ending;
    const { told: _, ...rest } = ending;
    return {
      ...rest,
      outcome: Outcome.Escalated,
      text: `${ending.text}. ${stuck.text}`,
      ...defined({ manualCommand: ending.manualCommand ?? stuck.manualCommand }),
    };
  }
}

function actOf({ action, target }: PlannedChange): PreludeAct {
  return { action, namespace: target.namespace, target: formatTarget(target) };
}

/** What the record shows of it, where it shows this one. */
function keptAs(
  { record }: Lifecycle,
  state: Extract<PreludeState, { planned: PlannedChange }>,
): { prelude?: PreludeState } {
  const shown = preludeChange(record.findings.prelude);
  return shown === undefined || shown.uid === state.planned.uid ? { prelude: state } : {};
}
