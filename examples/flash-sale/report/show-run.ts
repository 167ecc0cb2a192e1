import { isPlanned } from '../../../src/domain/decision/is-planned.ts';
import { nameTarget } from '../../../src/domain/target/name-target.ts';
import { ORDERS } from '../scenario/rates.ts';
import type { ScenarioRun } from '../scenario/run-scenario.ts';
import type { Scenario } from '../scenario/scenarios.ts';
import { LIMITS } from './expectations.ts';
import type { Paint } from '../../runner/report/paint.ts';
import { tellStory } from './story.ts';
import { renderTimeline } from './timeline.ts';

/** The whole run as text for a person. */
export function showRun(scenario: Scenario, run: ScenarioRun, paint: Paint): string {
  const { report, moments, p95, sightings, lostOrders } = run;
  const { result } = sightings.remediation;
  const happenings = tellStory(moments, {
    rates: ORDERS,
    replicas: report.replicas,
    decision: decisionText(result),
    finding: result.verification?.summary ?? result.summary,
    ending: `Ended as ${result.outcome}: ${result.summary}`,
  });
  return renderTimeline(
    {
      title: `${scenario.name}: ${scenario.story}`,
      report,
      happenings,
      p95,
      objective: LIMITS.p95After,
      surge: moments.surge,
      lostOrders,
    },
    paint,
  );
}

function decisionText({ decision, planned }: ScenarioRun['sightings']['remediation']['result']): string {
  if (decision === undefined) return 'Decided';
  if (!isPlanned(decision)) return `Decided: ${decision.reason}`;
  const { action, target } = decision.plan;
  return `Decided by rule ${decision.rule}: ${planned?.title ?? `${action} ${nameTarget(target)}`}`;
}
