import { condition } from '@temporalio/workflow';
import type { Decision } from '../../domain/decision.ts';
import { Mode } from '../../domain/decision/mode.ts';
import { modeOf } from '../../domain/decision/mode-of.ts';
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
import type { Lifecycle, Remedy } from './life.ts';
import { unlessResolved } from './unless-resolved.ts';
import { observeOnly } from './stages/observe-only.ts';

/** What evidence from logs and traces may take; a cure that comes later than this is none. */
const EVIDENCE_SECONDS = 60;
const EVIDENCE_HEARTBEAT_SECONDS = 2;

/** The way to a cure. Returns early where nothing has to be undone; throws where something may have to be. */
export async function pursue(life: Lifecycle): Promise<Ending> {
  const { record } = life;
  const decision = await decided(life);
  if (decision.verdict === 'reject') return { outcome: Outcome.Rejected, text: decision.reason };
  if (decision.verdict === 'human') {
    return { outcome: Outcome.Escalated, text: `For a human (rule ${decision.rule}): ${decision.reason}` };
  }
  const { mode, source } = modeOf(decision);
  const { plan, rule } = decision;
  record.enter(
    Step.Preparing,
    `Policy rule ${rule} decided: ${plan.action} ${formatTarget(plan.target)}, mode ${mode}`,
  );
  if (mode === Mode.Off)
    return { outcome: Outcome.Suppressed, text: `Mode off (${source}): nothing is done`, told: true };

  const slow = await gatherSlowEvidence(life, plan);
  if (mode === Mode.Observe) return await observeOnly(life, { plan, source, withoutEvidence: slow.gathered });
  if (slow.doubtful !== undefined) return slow.doubtful;

  if (decision.holdsPage === true && mode === Mode.Auto) life.page.start(plan);
  return await remedy(life, { decision, plan, mode, withoutEvidence: slow.gathered });
}

async function decided({ decision, record, alert }: Lifecycle): Promise<Decision> {
  if (decision !== undefined) {
    record.keep({ decision });
    return decision;
  }
  const later = await read('decide by policy', (activities) => activities.decide({ alert }));
  record.keep({ decision: later });
  record.index(decisionKeywords(later));
  return later;
}

/** Logs and traces take their time; what Prometheus knows comes at once, with everything else. */
async function gatherSlowEvidence(
  { record }: Lifecycle,
  { evidence: clause }: Plan,
): Promise<{ readonly gathered: boolean; readonly doubtful?: Ending }> {
  if (clause === undefined || clause.signals.every(({ source }) => source.kind === 'prometheus')) {
    return { gathered: false };
  }
  const evidence = await unlessResolved(record, () =>
    wait('gather evidence', EVIDENCE_SECONDS, EVIDENCE_HEARTBEAT_SECONDS).gatherEvidence({ evidence: clause }),
  );
  if (evidence === undefined) return { gathered: false };
  record.enter(Step.Preparing, evidence.summary, { evidence });
  if (evidence.enough) return { gathered: true };
  return { gathered: true, doubtful: doubted(evidence, evidence.summary) };
}

/** From admission to the end of the watch. A grant that is fenced off is asked for anew. */
async function remedy(life: Lifecycle, remedy: Remedy): Promise<Ending> {
  const { plan } = remedy;
  for (;;) {
    const ending = await enter(life, remedy);
    if (ending !== undefined) return ending;
    const acted = await act(life, plan);
    if (acted === 'again') continue;
    if (acted !== 'acted') return acted;
    const kept = await prove(life, plan);
    if (kept !== undefined) return kept;
    return await watch(life, plan);
  }
}

/** The incident's memory: stays open until the alert resolves, so that its repeats meet this remediation. */
async function watch(life: Lifecycle, plan: Plan): Promise<Ending> {
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
    keepMoney: true,
    audit: audit.take(),
  });
  const lease = leaseOf(life, plan);
  await lease?.learnCapacity();
  const resolved = await condition(() => record.findings.alertResolved, plan.watchSeconds * 1000, {
    summary: 'watch until the alert resolves',
  });
  await left;
  if (resolved) {
    return (
      (await lease?.run()) ?? { outcome: Outcome.Remediated, text: `${how}, and the alert has resolved`, told: true }
    );
  }
  const text = `The cure was proven, yet the alert still fires after ${plan.watchSeconds} s`;
  record.keep({ fault: { type: 'AlertStillFiring', message: text, step: Step.Watching } });
  return { outcome: Outcome.Escalated, text };
}

/** For a change of ours, and for what an earlier lease of the target has left over. */
function leaseOf({ record, effects, pass, audit, notify }: Lifecycle, plan: Plan): LeaseKeeper | undefined {
  const { lease: clause } = plan;
  const moves = effects?.planned.moves;
  if (clause === undefined || effects === undefined || moves === undefined) return undefined;
  const { isDone, baseline } = effects.planned;
  const isLeft = isDone && baseline !== undefined && baseline < moves.after;
  if (record.findings.effect?.changed !== true && !isLeft) return undefined;
  return new LeaseKeeper({ clause, plan, effects, moves, record, notify, pass, audit });
}
