import type { Scenario } from '../scenario/scenarios.ts';
import type { Report } from './report.ts';

/** What the order asks of a cure; seconds. */
export const LIMITS = {
  surgeToDetected: 10,
  webhookToScaled: 1,
  surgeToVerified: 25,
  p95After: 0.2,
  historyEvents: 60,
} as const;

/** What the on-call's receiver is called in `alertmanager/alertmanager.yml`. */
export const ON_CALL = 'on-call';

/** Every way in which a run did not end as it should; empty if it did. */
export function unmetExpectations(scenario: Scenario, report: Report): readonly string[] {
  const unmet: string[] = [];
  const same = (what: string, is: unknown, should: unknown) => {
    if (is !== should) unmet.push(`${what} is ${String(is)}, should be ${String(should)}`);
  };
  const atMost = (what: string, is: number | null, limit: number) => {
    if (is === null || is > limit) unmet.push(`${what} is ${is ?? 'unknown'}, should be at most ${limit}`);
  };
  const { expected } = scenario;
  same('the outcome', report.outcome, expected.outcome);
  same('the fault', report.fault, expected.fault);
  same('the worker killed between scaling and proof', report.workerKilled, scenario.killWorker);
  if (report.seconds.surgeToDecided === null) unmet.push('when it was decided is unknown');
  same('replicas before', report.replicas.before, 2);
  same('the peak of replicas', report.replicas.peak, expected.peakReplicas);
  same('replicas after', report.replicas.after, expected.replicasAfter);
  same('the on-call paged', report.notified.includes(ON_CALL), expected.onCallPaged);
  atMost('surgeToDetected', report.seconds.surgeToDetected, LIMITS.surgeToDetected);
  if (expected.peakReplicas > 2) atMost('webhookToScaled', report.seconds.webhookToScaled, LIMITS.webhookToScaled);
  if (expected.outcome === 'remediated') {
    atMost('p95 after', report.p95Seconds.after, LIMITS.p95After);
    // A killed worker costs the time in which Temporal finds out that it is gone.
    if (!scenario.killWorker) {
      atMost('surgeToVerified', report.seconds.surgeToVerified, LIMITS.surgeToVerified);
      atMost('historyEvents', report.historyEvents, LIMITS.historyEvents);
    }
  }
  return unmet;
}
