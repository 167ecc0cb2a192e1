import type { Decision } from '../../domain/decision.ts';
import type { FailureType } from '../../domain/failures.ts';
import { boundedLabel } from '../bounded-label.ts';
import type { MetricFactory } from './metric-factory.ts';

/** A new bundle is in use, or it was broken and the last good one stays. */
export type PolicyReloadResult = 'loaded' | 'broken';

/** What came of asking the flag for a mode. */
export type FlagResult = 'resolved' | 'failed' | 'unknown_variant';

export interface PolicyMetrics {
  decided(event: { readonly rule: string; readonly verdict: Decision['verdict'] }): void;
  policyFailed(reason: FailureType): void;
  policyReloaded(result: PolicyReloadResult): void;
  flagEvaluated(result: FlagResult): void;
  /** A new flag file is in use, or it was broken and the last good one stays. */
  flagsReloaded(result: PolicyReloadResult): void;
}

/** Policy names its rules freely; past this many, a rule counts as `other`. */
const MAX_RULES = 200;

export function policyMetrics(make: MetricFactory): PolicyMetrics {
  const decisions = make.counter('mendloop_decisions_total', 'Decisions by rule and verdict.', ['rule', 'verdict']);
  const errors = make.counter('mendloop_policy_errors_total', 'Policy evaluations that failed.', ['reason']);
  const reloads = make.counter('mendloop_policy_reloads_total', 'Attempts to load a policy bundle.', ['result']);
  const broken = make.gauge('mendloop_policy_broken', '1 while the newest policy bundle is not the one in use.', []);
  const flagEvaluations = make.counter('mendloop_flag_evaluations_total', 'Modes asked of the flags.', ['result']);
  const flagReloads = make.counter('mendloop_flag_reloads_total', 'Attempts to load a flag file.', ['result']);
  const rules = boundedLabel(MAX_RULES);

  return {
    decided: ({ rule, verdict }) => decisions.inc({ rule: rules(rule === '' ? 'none' : rule), verdict }),
    policyFailed: (reason) => errors.inc({ reason }),
    policyReloaded: (result) => {
      reloads.inc({ result });
      broken.set(result === 'broken' ? 1 : 0);
    },
    flagEvaluated: (result) => flagEvaluations.inc({ result }),
    flagsReloaded: (result) => flagReloads.inc({ result }),
  };
}
