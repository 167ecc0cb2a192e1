import { condition, isCancellation } from '@temporalio/workflow';
import type { Decision } from '../../domain/decision.ts';
import { Mode } from '../../domain/decision/mode.ts';
import { isPlanned } from '../../domain/decision/is-planned.ts';
import { modeOf } from '../../domain/decision/mode-of.ts';
import { defined } from '../../domain/defined.ts';
import { isSlow } from '../../domain/evidence/is-slow.ts';
import type { EvidenceClause } from '../../domain/plan/evidence-clause.ts';
import { goesOn } from '../../domain/ladder/ladder.ts';
import { plansOf } from '../../domain/ladder/plans-of.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { Outcome } from '../../domain/remediation/outcome.ts';
import { Step } from '../../domain/remediation/remediation.ts';
import { decisionKeywords } from '../../contract/search-attributes.ts';
import { formatTarget } from '../../domain/target/format-target.ts';
import { read, wait } from '../activity-profiles.ts';
import { doubted, type Ending } from './ending.ts';
import { act } from './stages/act.ts';
import { enter } from './stages/enter.ts';
import { LeaseKeeper } from './stages/lease-keeper.ts';
import { prove } from './stages/prove.ts';
import { stepUp } from './stages/step-up.ts';
import { TimedLease } from './stages/timed-lease.ts';
import { fail, faultOf } from './fault.ts';
import type { Lifecycle, Remedy } from './life.ts';
import { unlessResolved } from './unless-resolved.ts';
import { observeOnly } from './stages/observe-only.ts';

/** What evidence from logs and traces may take; a cure that comes later than this is none. */
const EVIDENCE_SECONDS = 60;
const EVIDENCE_HEARTBEAT_SECONDS = 2;

/** The way to a cure. Returns early where nothing has to be undone; throws where something may have to be. */
export async function pursue(life: Lifecycle): Promise<Ending> {
  const { record, door } = life;
  const decision = life.decision ?? (await decideNow(life));
  record.keep({ decision });
  // The way to an effect does not wait for it: `prepare` verifies the same before it reads anything.
  if (!isPlanned(decision)) await door.requireStart();
  if (decision.verdict === 'reject') return { outcome: Outcome.Rejected, text: decision.reason };
  if (decision.verdict === 'human') {
    return { outcome: Outcome.Escalated, text: `For a human (rule ${decision.rule}): ${decision.reason}` };
  }
  const { mode, source } = modeOf(decision);
  const { plan, rule } = decision;
  const plans = plansOf(decision);
  const wish = plans.map(({ action, target }) => `${action} ${formatTarget(target)}`).join(', then ');
  const ladder = plans.length === 1 ? {} : { ladder: { rung: 1, of: plans.length, tried: [] } };
  record.enter(Step.Preparing, `Policy rule ${rule} decided: ${wish}, mode ${mode}`, ladder);
  if (mode === Mode.Off)
    return { outcome: Outcome.Suppressed, text: `Mode off (${source}): nothing is done`, told: true };

  await life.prelude.recall(life, plans);
  if (mode === Mode.Observe) {
    const withoutEvidence = hasSlowEvidence(plan) && (await gatherSlowEvidence(life, plan)).gathered;
    return await observeOnly(life, { plan, source, withoutEvidence });
  }
  return await climb(life, { decision, plans, mode });
}

/** One plan after the other, until one cures, a human has to look, or none is left. The target is held throughout. */
async function climb(
  life: Lifecycle,
  { decision, plans, mode }: Pick<Remedy, 'decision' | 'mode'> & { readonly plans: readonly [Plan, ...Plan[]] },
): Promise<Ending> {
  const { record, page } = life;
  const of = plans.length;
  for (;;) {
    const { rung } = life.ladder;
    const plan = plans[rung - 1];
    if (plan === undefined) throw fail('Internal', `there is no rung ${rung} of ${of}`);
    // The list shows what is tried now.
    if (rung > 1) record.index({ action: plan.action, target: formatTarget(plan.target) });
    const slow = hasSlowEvidence(plan) ? await gatherSlowEvidence(life, plan) : NONE_GATHERED;
    if (slow.doubtful !== undefined) return slow.doubtful;
    if (rung === 1 && decision.holdsPage === true && mode === Mode.Auto) page.start(plans);
    try {
      const ending = await remedy(life, { decision, plan, mode, withoutEvidence: slow.gathered });
      if (ending !== 'ahead') return ending;
      record.keep({ ladder: { ...life.ladder, of } });
    } catch (error) {
      const fault = faultOf(error, record.step);
      if (isCancellation(error) || rung === of || !goesOn(fault.type)) throw error;
      const ending = await stepUp(life, { plan, fault, of });
      if (ending !== undefined) return ending;
    }
  }
}

async function decideNow({ record, alert, door }: Lifecycle): Promise<Decision> {
  await door.requireStart();
  const decision = await read('decide by policy', (activities) => activities.decide({ alert }));
  record.index(decisionKeywords(decision));
  return decision;
}

interface SlowEvidence {
  readonly gathered: boolean;
  readonly doubtful?: Ending;
}

const NONE_GATHERED: SlowEvidence = { gathered: false };

type WithSlowEvidence = Plan & { readonly evidence: EvidenceClause };

/** What Prometheus knows comes with everything else. */
function hasSlowEvidence(plan: Plan): plan is WithSlowEvidence {
  return plan.evidence !== undefined && isSlow(plan.evidence);
}

async function gatherSlowEvidence(
  { record, door }: Lifecycle,
  { evidence: clause }: WithSlowEvidence,
): Promise<SlowEvidence> {
  await door.requireStart();
  const evidence = await unlessResolved(record, () =>
    wait('gather evidence', EVIDENCE_SECONDS, EVIDENCE_HEARTBEAT_SECONDS).gatherEvidence({ evidence: clause }),
  );
  if (evidence === undefined) return { gathered: false };
  record.enter(Step.Preparing, evidence.summary, { evidence });
  if (evidence.enough) return { gathered: true };
  return { gathered: true, doubtful: doubted(evidence, evidence.summary) };
}

/** From admission to the end of the watch. A grant that is fenced off is asked for anew. */
async function remedy(life: Lifecycle, remedy: Remedy): Promise<Ending | 'ahead'> {
  const { plan } = remedy;
  for (;;) {
    const ending = await enter(life, remedy);
    if (ending !== undefined) return ending;
    const acted = await act(life, plan);
    if (acted === 'again') continue;
    if (acted !== 'acted') return acted;
    const timed = plan.timedLease && new TimedLease(life, plan.timedLease);
    const kept = await prove(life, plan);
    const proven = kept === undefined ? 'the change is proven' : 'whether the change helped is not known';
    const stuck = await life.prelude.giveBack(life, proven);
    if (stuck !== undefined) return (await timed?.giveBack('a human has to look')) ?? stuck;
    if (kept !== undefined) return (await timed?.giveBack('whether it helped is not known')) ?? kept;
    return await watch(life, plan, timed);
  }
}

/** The incident's memory: stays open until the alert resolves, so that its repeats meet this remediation. */
async function watch(life: Lifecycle, plan: Plan, timed: TimedLease | undefined): Promise<Ending> {
  const { record, pass, notify, audit } = life;
  const proven = record.findings.verification?.summary ?? '';
  record.index({ outcome: Outcome.Remediated, cureSeconds: record.elapsedSeconds });
  // What stood there already is no cure of ours.
  const acted = life.effects?.mayHaveActed === true;
  const how = acted ? 'Cured' : 'Nothing was changed';
  record.enter(Step.Watching, `${how}; watching until the alert resolves, for ${plan.watchSeconds} s at most`);
  // Beside the watch, not before it: a channel that is down must not delay anything.
  void life.endHeldBack();
  void notify({ kind: Outcome.Remediated, text: `${how}: ${proven}` });
  const left = pass.leave({
    what: 'slot',
    outcome: Outcome.Remediated,
    text: proven,
    acted,
    ...defined({ prelude: life.prelude.act }),
    keepMoney: true,
    audit: audit.take(),
  });
  const lease = leaseOf(life, plan);
  await lease?.learnCapacity();
  const unresolved = await untilResolved(life, plan.watchSeconds * 1000, timed);
  await left;
  if (unresolved === undefined) {
    const text = `${how}, and the alert has resolved`;
    return (await lease?.run()) ?? (timed && (await endTimed(life, timed))) ?? resolvedEnd(text);
  }
  if (unresolved !== 'firing') return unresolved;
  const stuck = await timed?.giveBack('the alert is not watched any longer');
  if (stuck !== undefined) return stuck;
  const text = `The cure was proven, yet the alert still fires after ${plan.watchSeconds} s`;
  record.keep({ fault: { type: 'AlertStillFiring', message: text, step: Step.Watching } });
  return { outcome: Outcome.Escalated, text };
}

const resolvedEnd = (text: string): Ending => ({ outcome: Outcome.Remediated, text, told: true });

/** Undefined: the alert has resolved. What was done for a while is given back in between if it takes too long. */
async function untilResolved(
  { record }: Lifecycle,
  watchMs: number,
  timed: TimedLease | undefined,
): Promise<Ending | 'firing' | undefined> {
  const until = (ms: number) =>
    condition(() => record.findings.alertResolved, Math.max(1, ms), { summary: 'watch until the alert resolves' });
  const endsAt = Date.now() + watchMs;
  if (timed !== undefined && timed.msAtMost < watchMs) {
    if (await until(timed.msAtMost)) return undefined;
    const stuck = await timed.giveBack('its longest time is over, although the alert fires');
    if (stuck !== undefined) return stuck;
    record.enter(Step.Watching, 'Watching until the alert resolves');
  }
  return (await until(endsAt - Date.now())) ? undefined : 'firing';
}

/** Others may have the target meanwhile: what is left is to give it back. */
async function endTimed({ pass }: Lifecycle, timed: TimedLease): Promise<Ending> {
  await pass.leave({
    ...{ what: 'lend', outcome: Outcome.Remediated, text: 'only a lease is left' },
    ...{ acted: true, keepMoney: true, audit: [] },
  });
  await timed.untilOver();
  return (await timed.giveBack('its time is over')) ?? timed.cured();
}

/** For a change of ours, and for what an earlier lease of the target has left over. */
function leaseOf({ record, effects, pass, way, audit, notify }: Lifecycle, plan: Plan): LeaseKeeper | undefined {
  const { lease: clause } = plan;
  const moves = effects?.planned.moves;
  if (clause === undefined || effects === undefined || moves === undefined) return undefined;
  const { isDone, baseline } = effects.planned;
  const isLeft = isDone && baseline !== undefined && baseline < moves.after;
  if (record.findings.effect?.changed !== true && !isLeft) return undefined;
  return new LeaseKeeper({ clause, plan, effects, moves, record, notify, pass, way, audit });
}
