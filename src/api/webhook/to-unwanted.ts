import type { Alert } from '../../domain/alert/alert.ts';
import { effectiveLabels } from '../../domain/alert/effective-labels.ts';
import type { Decision } from '../../domain/decision.ts';
import { isPlanned } from '../../domain/decision/is-planned.ts';
import { modeOf } from '../../domain/decision/mode-of.ts';
import type { Unwanted } from '../../store/unhandled/unhandled-store.ts';

/** An alert about which nothing is to be done, with the rule that says so and why. */
export function toUnwanted({ labels }: Alert, decision: Decision | undefined): Unwanted {
  return {
    alertName: labels['alertname'] || 'unnamed',
    labels: effectiveLabels(labels),
    rule: decision?.rule ?? '',
    reason: reasonOf(decision),
  };
}

function reasonOf(decision: Decision | undefined): string {
  if (decision === undefined) return 'not decided';
  if (isPlanned(decision)) return `its mode is ${modeOf(decision).mode}, by ${modeOf(decision).source}`;
  return decision.reason;
}
