import { effectiveLabels } from '../../domain/alert/effective-labels.ts';
import type { PolicyInput } from './policy-engine.ts';

/**
 * What Rego sees as `input`: `alert` with the labels of the object that suffers, and `cluster`. Where that differs from
 * what was sent, `alert.sentLabels` are the labels as they came.
 */
export function policyDocument({ alert, cluster }: PolicyInput): object {
  const labels = effectiveLabels(alert.labels);
  if (labels === alert.labels) return { alert, cluster };
  return { alert: { ...alert, labels, sentLabels: alert.labels }, cluster };
}
