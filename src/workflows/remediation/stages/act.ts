import { Undo } from '../../../domain/actions/contract.ts';
import { FenceReason } from '../../../domain/admission/admission.ts';
import { rungKey } from '../../../domain/ladder/ladder.ts';
import type { Plan } from '../../../domain/plan/plan.ts';
import { Outcome } from '../../../domain/remediation/outcome.ts';
import { Step } from '../../../domain/remediation/remediation.ts';
import { isTransient } from '../../activity-profiles.ts';
import { type Ending, healthy } from '../ending.ts';
import type { Effects } from '../effects.ts';
import { fail } from '../fault.ts';
import { fenceOf } from '../fence-of.ts';
import type { Fenced, Lifecycle } from '../life.ts';
import { undoPatiently } from './undo.ts';
import { untilDone } from './until-done.ts';

/** Reasons of the fence for which a remediation ends without having acted. */
const ENDS_IT: readonly string[] = [FenceReason.Resolved, FenceReason.Mode];

/** Acts. `again`: fenced off, and to be asked for anew. */
export async function act(life: Lifecycle, plan: Plan): Promise<'acted' | 'again' | Ending> {
  const { record, effects, turn } = life;
  if (effects === undefined) throw fail('Internal', 'nothing was granted');
  const { planned } = effects;
  if (planned.isDone) {
    // Nothing was done, so the scorecard must not count it as a cure of ours.
    record.index({ action: 'none' });
    record.enter(Step.Preparing, `Nothing to change: ${planned.title}`);
  } else {
    const fenced = (await life.prelude.make(life, plan)) ?? (await actOnce(life, plan));
    if (fenced !== undefined) {
      const stuck = await life.prelude.giveBack(life, 'what it makes room for is held back');
      if (stuck !== undefined) return stuck;
      if (fenced.reason === FenceReason.Resolved) return healthy();
      if (fenced.reason === FenceReason.Mode) return { outcome: Outcome.Observed, text: `Not acted: ${fenced.text}` };
      // Asked for anew, which says until when the window lasts and what becomes of it meanwhile.
      if (fenced.reason === FenceReason.NotHolder || fenced.reason === FenceReason.Window) return 'again';
      return (await turn.waitForFence(fenced.text, plan.guards.waitSeconds)) ?? 'again';
    }
  }
  const { deadlineSeconds } = plan.verification;
  const proof = `then verifying from fresh metrics for ${deadlineSeconds} s at most`;
  record.enter(Step.Verifying, `Waiting for ${planned.awaits}, ${proof}`);
  return 'acted';
}

/** Returns what fenced the effect off, if something did. */
async function actOnce(life: Lifecycle, plan: Plan): Promise<Fenced | undefined> {
  const { record, saga, audit, pass, effects } = life;
  if (effects === undefined) throw fail('Internal', 'nothing was granted');
  const { planned } = effects;
  record.enter(Step.Acting, planned.title);
  // Before the step: it may take effect without its result ever being heard.
  const isUndone = planned.undo === Undo.Exact || planned.goesOn === true;
  if (isUndone) saga.register({ name: planned.title, undo: () => undoPatiently(life, effects) });
  try {
    if (plan.gitOps === 'suspend') await pauseAppliers(life, effects);
  } catch (error) {
    // The target itself was not touched, unless by a run that was reset.
    if (!saga.isEmpty && !effects.isResumed) saga.forget();
    const fenced = fenceOf(error);
    if (fenced === undefined) throw error;
    return fenced;
  }
  /** Series of attempts whose answer was lost. */
  const lost: unknown[] = [];
  try {
    const effect = await untilDone(life, {
      attempt: () => effects.act({ again: lost.length > 0 }),
      isHealable: (error) => isTransient(error) && lost.push(error) > 0,
      what: `"${planned.title}"`,
      manualCommand: planned.command,
      occasion: `${rungKey(life.ladder.rung)}act-failing`,
    });
    pass.noteAct();
    life.diagnosis.forget();
    record.enter(Step.Acting, effect.text, { effect });
    const { changed, text, moved } = effect;
    audit.add([
      {
        kind: 'effect_done',
        step: `${rungKey(life.ladder.rung)}act/done`,
        data: { changed, text, ...(moved === undefined ? {} : { moved: { ...moved } }) },
      },
    ]);
    return undefined;
  } catch (error) {
    const fenced = fenceOf(error);
    // What may have been done is a change like any other: it is undone, or told.
    if (fenced === undefined || fenced.mayHaveActed) throw error;
    if (effects.isResumed && ENDS_IT.includes(fenced.reason)) throw error;
    effects.noteFencedOff();
    saga.forget();
    return fenced;
  }
}

/** What a run that was reset has done already needs no pause where the fence lets none through any more. */
async function pauseAppliers(life: Lifecycle, effects: Effects): Promise<void> {
  try {
    await life.pauses.pause(life, effects.grant);
  } catch (error) {
    if (!effects.isResumed || fenceOf(error) === undefined) throw error;
  }
}
