import { defined } from '../../../domain/defined.ts';
import type { TriedRung } from '../../../domain/ladder/ladder-state.ts';
import { rungKey } from '../../../domain/ladder/ladder.ts';
import { formatTarget } from '../../../domain/target/format-target.ts';
import type { Plan } from '../../../domain/plan/plan.ts';
import { type Fault, Step } from '../../../domain/remediation/remediation.ts';
import { describeUndo } from '../../../domain/remediation/what-was-done.ts';
import type { AuditFact } from '../audit-trail.ts';
import { type Ending, endingAfterFault } from '../ending.ts';
import type { Lifecycle } from '../life.ts';

/** Ends of an undo after which the target stands as it did before: only then is another change of it tried. */
const PUT_BACK: readonly string[] = ['restored', 'nothing_to_undo'];

/**
 * Leaves a plan that was no cure behind, undone where it has an exact undo, so that the next one can be tried. The target
 * stays held. Returns how the remediation ends where what was done could not be put back.
 */
export async function stepUp(
  life: Lifecycle,
  { plan, fault, of }: { readonly plan: Plan; readonly fault: Fault; readonly of: number },
): Promise<Ending | undefined> {
  const { record, saga, effects, audit, pass, turn } = life;
  const { rung, tried } = life.ladder;
  if (record.status.summary !== fault.message) record.enter(record.step, fault.message);
  if (!saga.isEmpty) record.enter(Step.Compensating, `Undoing the change of rung ${rung}`);
  const results = await saga.compensate();
  const [undone] = results.flatMap((result) => (result.ok ? [result.result] : []));
  if (undone !== undefined) record.enter(Step.Compensating, describeUndo(undone), { compensation: undone });
  if (results.some((result) => !result.ok || !PUT_BACK.includes(result.result.status))) {
    record.keep({ fault });
    return endingAfterFault({ fault, results, manualCommand: effects?.planned.manualUndo });
  }

  const stuck = await life.prelude.giveBack(life, 'the change that it makes room for was no cure');
  if (stuck !== undefined) {
    record.keep({ fault });
    return stuck;
  }

  const acted = effects?.mayHaveActed === true;
  const stays = acted && undone === undefined;
  const because = `${fault.type}: ${fault.message}`;
  const facts: AuditFact[] = [];
  if (fault.step === Step.Acting) {
    facts.push({
      ...{ kind: 'effect_failed', step: `${rungKey(rung)}act/failed` },
      data: { type: fault.type, message: fault.message },
    });
  }
  if (undone !== undefined) {
    facts.push({
      ...{ kind: 'compensation', step: `${rungKey(rung)}compensation` },
      data: { status: undone.status, text: undone.text },
    });
  }
  audit.add(facts);
  const one: TriedRung = {
    ...{ rung, action: plan.action, acted, because },
    title: effects?.planned.title ?? `${plan.action} ${formatTarget(plan.target)}`,
    ...defined({ effect: effects?.result?.text, undo: undone?.text }),
  };
  if (effects !== undefined) life.earlierEffects.push(effects);
  life.effects = undefined;
  life.diagnosis.forget();
  life.ladder = { rung: rung + 1, tried: [...tried, one] };
  pass.stepUp({ rung: rung + 1, acted, keepMoney: stays, prelude: life.prelude.act });
  life.prelude.nextRung();
  turn.noteGranted();
  record.nextRung({ ...life.ladder, of });
  return undefined;
}
