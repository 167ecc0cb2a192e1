import { isCancellation } from '@temporalio/workflow';
import type { PrepareResult } from '../../../activities/prepare.ts';
import { subjectOf } from '../../../domain/actions/subject-of.ts';
import { defined } from '../../../domain/defined.ts';
import type { PreparedVerdict } from '../../../domain/remediation/judge-prepared.ts';
import type { Prepared } from '../../../domain/remediation/prepared.ts';
import { preludeChange, titleWithPrelude } from '../../../domain/remediation/prelude-state.ts';
import { refusedTargetOf } from '../../../domain/remediation/refused-target.ts';
import { PreparedObjection } from '../../../domain/remediation/judge-prepared.ts';
import { Mode } from '../../../domain/decision/mode.ts';
import { type ModeAsk, modeContext } from '../../../domain/decision/mode-flag.ts';
import { APPROVAL_REQUESTED } from '../../../domain/notice/notification.ts';
import type { Plan } from '../../../domain/plan/plan.ts';
import { describeTried, isRefusalOfWhatWasSeen, rungKey } from '../../../domain/ladder/ladder.ts';
import { Outcome } from '../../../domain/remediation/outcome.ts';
import { Step } from '../../../domain/remediation/remediation.ts';
import { wait } from '../../activity-profiles.ts';
import { Effects } from '../effects.ts';
import { doubted, type Ending, healthy, LOOK_AGAIN_MS, refusedMoney } from '../ending.ts';
import { causeOf, fail, faultOf } from '../fault.ts';
import type { Lifecycle, Remedy } from '../life.ts';
import { unlessResolved } from '../unless-resolved.ts';
import type { Ask } from './admission-pass.ts';
import { votesCast } from './approval-desk.ts';
import { type PutOff, sharedEnd } from './turn.ts';

/** How long an objective that holds while its alert fires, or cannot be measured, is looked at again. */
const SECOND_LOOK_SECONDS = 20;
const SECOND_LOOKS = 5;
const HEARTBEAT_SECONDS = 2;

/**
 * Everything between deciding and acting: reads, approval, admission. What had to be waited for is read anew, so that
 * what is granted is what is so. Undefined: granted, and `life.effects` is set.
 */
export async function enter(
  life: Lifecycle,
  { decision, plan, mode, withoutEvidence }: Remedy,
): Promise<Ending | 'ahead' | undefined> {
  const { record, pass, turn, id, audit } = life;
  const { plan: _plan, ...words } = decision;
  let needsHuman = mode === Mode.Approve || plan.approval !== undefined;
  let approved: { readonly title: string; readonly own: string } | undefined;
  for (;;) {
    record.reach(Step.Preparing);
    const asksHuman = needsHuman && approved === undefined;
    const { standing } = life.prelude;
    const ask = { plan, withoutEvidence, hasHuman: needsHuman, decision: words, standing };
    const found = await look(life, asksHuman ? { ...ask, only: 'target' } : ask);
    if (found === 'again') continue;
    if (found === undefined) return healthy();
    if ('outcome' in found) return found;
    const { planned } = found.prepared;
    const title = titleWithPrelude(found.prepared);
    audit.target = planned.target;
    const { earlier } = found;
    const { rung, tried } = life.ladder;
    if (earlier?.rung !== undefined && earlier.rung > rung) {
      life.ladder = { rung: earlier.rung, tried };
      pass.goTo(earlier.rung);
      return 'ahead';
    }
    // What a run that was reset has done is there, whatever has become of its alert since.
    if (record.findings.alertResolved && earlier === undefined) return healthy();
    // Without a prelude that is not needed any more, it is less than what a human has said yes to.
    const isApproved = approved === undefined || title === approved.title || title === approved.own;
    if (approved !== undefined && !isApproved) {
      throw fail('TargetChanged', `approved was "${approved.title}"; now it would be "${title}"`);
    }
    if (!found.verdict.go && found.verdict.why === PreparedObjection.NeedsHuman) {
      needsHuman = true;
      continue;
    }
    if (!found.verdict.go) {
      const ending = await objection(life, plan, found.verdict);
      if (ending !== undefined) return ending;
      continue;
    }
    const { admission } = found;
    switch (admission?.status) {
      case undefined:
        throw fail('Internal', 'nothing was asked of the store');
      case 'denied':
        return refusedMoney(admission.budget);
      case 'shared':
        return sharedEnd(admission);
      case 'granted': {
        if (asksHuman && earlier === undefined) {
          const ending = await askForApproval(life, plan, found.prepared);
          if (ending !== undefined) return ending;
          approved = { title, own: planned.title };
          continue;
        }
        turn.noteGranted();
        const { effectDeadlineSeconds: deadlineSeconds } = plan;
        const asked = modeAsk({ decision, plan, mode, life });
        const before = preludeChange(found.prepared.prelude);
        life.prelude.grant(life, plan, before && { planned: before, epoch: admission.epoch, mode: asked });
        life.effects = new Effects({
          remediationId: id,
          planned,
          epoch: admission.epoch,
          deadlineSeconds,
          mode: asked,
          rung,
          earlier,
        });
        return undefined;
      }
      case 'joined':
      case 'queued':
      case 'refused': {
        if (admission.status === 'refused' && admission.meanwhile === 'observe') {
          return observedInWindow(admission, title);
        }
        const ending = await turn.wait(admission, plan.guards.waitSeconds);
        if (ending !== undefined) return ending;
      }
    }
  }
}

/**
 * What the action says of a target that another remediation has in hand is not the last word: its end is shared, or waited
 * for. `again`: that other one has ended without a change.
 *
 * @throws as `prepare` does, where no other remediation is the reason.
 */
async function look(
  { pass, turn, record, ladder }: Lifecycle,
  ask: Ask,
): Promise<PrepareResult | Ending | 'again' | undefined> {
  try {
    return await pass.ask(ask);
  } catch (error) {
    if (isCancellation(error) || !isRefusalOfWhatWasSeen(faultOf(error, record.step).type)) throw error;
    const isLast = ladder.rung > (ask.decision.further?.length ?? 0);
    const shared = await turn.shareEndOfChange(ask, { isLast, refused: refusedTargetOf(causeOf(error)) });
    if (shared === undefined) throw error;
    return shared;
  }
}

/** What would have been done is told; it is entered again when the window ends. */
function observedInWindow({ text, until }: Extract<PutOff, { status: 'refused' }>, title: string): Ending {
  return {
    outcome: Outcome.Observed,
    text: `Not acted: ${text}; it would have been: ${title}`,
    enterAgainAt: until ?? Date.now() + LOOK_AGAIN_MS,
  };
}

/** Flags are asked again just before the effect, where they were asked before. */
function modeAsk({
  decision,
  plan,
  mode,
  life,
}: Pick<Remedy, 'decision' | 'plan' | 'mode'> & { life: Lifecycle }): ModeAsk | undefined {
  if (decision.verdict !== 'plan' || decision.effectiveMode === undefined) return undefined;
  const { alert, cluster } = life;
  return {
    policy: decision.mode,
    admitted: mode,
    context: modeContext({ decision: { ...decision, plan }, alert, cluster }),
  };
}

/** What speaks against the effect. Undefined: it has gone, and everything is read anew. */
async function objection(
  life: Lifecycle,
  plan: Plan,
  { why, text }: Extract<PreparedVerdict, { go: false }>,
): Promise<Ending | undefined> {
  switch (why) {
    case PreparedObjection.NotFiring:
      if (life.pass.hasFired) return { ...healthy(), text: `The alert has stopped firing at its source: ${text}` };
      return { outcome: Outcome.Escalated, text: `Not acted, because the alert does not fire at its source: ${text}` };
    case PreparedObjection.Doubtful:
      return doubted(life.record.findings.evidence, text);
    case PreparedObjection.CostUnknown:
      return { outcome: Outcome.Escalated, text };
    case PreparedObjection.InGit:
    case PreparedObjection.NeedsHuman:
      return { outcome: Outcome.Escalated, text: `Left alone: ${text}` };
    case PreparedObjection.Unmeasurable:
      return await lookAgain(life, plan, `The objective cannot be measured; looking again: ${text}`);
    case PreparedObjection.HoldsAlready: {
      const shared = await life.turn.shareEnd();
      if (shared !== undefined) return shared === 'again' ? undefined : shared;
      return await lookAgain(life, plan, `The objective holds while the alert fires; looking again: ${text}`);
    }
  }
}

/** A series may be young, a value on the edge, a server busy. The last look decides. */
async function lookAgain({ record }: Lifecycle, { verification }: Plan, text: string): Promise<Ending | undefined> {
  record.enter(Step.Preparing, text);
  const { planned } = record.findings;
  // A Prometheus that is away is waited for, as it would be in the proof.
  const seconds = Math.max(SECOND_LOOK_SECONDS, verification.deadlineSeconds);
  const again = await unlessResolved(record, () =>
    wait('look at the objective again', seconds, HEARTBEAT_SECONDS).awaitObjectiveBroken({
      verification,
      ...defined({ subject: planned && subjectOf(planned) }),
      times: SECOND_LOOKS,
      intervalSeconds: SECOND_LOOK_SECONDS / SECOND_LOOKS,
    }),
  );
  if (again === undefined) return healthy();
  record.keep(again);
  const { objective } = again;
  if (objective.status === 'not_met') return undefined;
  const why =
    objective.status === 'unknown'
      ? 'a cure could not be proven'
      : 'what would prove a cure holds already, while the alert fires';
  return { outcome: Outcome.Escalated, text: `Not acted, because ${why}: ${objective.text}` };
}

async function askForApproval(life: Lifecycle, { danger = '' }: Plan, prepared: Prepared): Promise<Ending | undefined> {
  const { record, desk, audit, notify, ladder, diagnosis } = life;
  const { planned, prelude, approval: clause } = prepared;
  if (planned.isDone) return undefined; // Nothing would be changed, so there is nothing to approve.
  const title = titleWithPrelude(prepared);
  record.keep({ preview: await Effects.preview(planned, preludeChange(prelude)) });
  // Before votes can come: what is asked beside a vote, by a local activity too, has no order that a replay could keep.
  await diagnosis.take();
  const ending = await desk.ask(clause, title, () =>
    notify({
      kind: APPROVAL_REQUESTED,
      text: [`${title}: waiting for approval.`, clause.reason, danger, describeTried(ladder.tried)]
        .filter((text) => text !== '')
        .join(' '),
      // Each rung asks for itself.
      ...(ladder.rung === 1 ? {} : { occasion: `${rungKey(ladder.rung)}approval` }),
    }),
  );
  const { approval } = record.findings;
  if (approval !== undefined) await audit.require(votesCast(approval, title));
  return ending;
}
