import type { countCoverage, CoveredAlert } from './cover-alerts.ts';
import type { RuleAlerts } from './read-rule-alerts.ts';

/** What becomes of the alerts of some rule files. */
export interface CoverageReport extends Pick<RuleAlerts, 'problems' | 'empty'> {
  readonly alerts: readonly CoveredAlert[];
  readonly counts: {
    readonly now: ReturnType<typeof countCoverage>;
    readonly turnedOn: ReturnType<typeof countCoverage>;
  };
}
