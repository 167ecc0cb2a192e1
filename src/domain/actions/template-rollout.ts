import { hasSeen } from '../target/said-of-object.ts';
import { type Act, judgeComplaints } from './rollout.ts';
import { countsOf, type TemplateObject } from './template-facts.ts';

export type TemplateVerdict =
  | { readonly status: 'complete'; readonly ready: number }
  | {
      readonly status: 'progressing';
      /** What is missing. */
      readonly detail: string;
      /** All Pods are of the newest template and serve, and their controller does not call them available yet. */
      readonly serving?: number;
    }
  /** It will not be complete by waiting. */
  | { readonly status: 'failed'; readonly detail: string };

/** Whether every Pod is of the newest template, and available. Source: `kubectl rollout status`. */
export function judgeTemplateRollout(kind: string, object: TemplateObject, act: Act): TemplateVerdict {
  const { wanted, ready, available, updated, total } = countsOf(kind, object);
  if (!hasSeen(object)) return { status: 'progressing', detail: 'its controller has not seen the new template yet' };
  const isReplaced = updated >= wanted && total <= updated;
  if (isReplaced && available >= wanted) return { status: 'complete', ready };
  const missing = !isReplaced
    ? `${updated} of ${wanted} Pods are of the new template, and ${Math.max(0, total - updated)} of older ones are left`
    : `${available} of ${wanted} Pods are available`;
  const verdict = judgeComplaints(object, act, missing);
  if (verdict.status === 'failed') return verdict;
  return isReplaced && ready >= wanted ? { ...verdict, serving: ready } : verdict;
}
