import type { ModeFlags } from '../../clients/flags/mode-flags.ts';
import { decideAlert } from '../../clients/policy/decide-alert.ts';
import type { PolicyEngine } from '../../clients/policy/policy-engine.ts';
import type { Alert } from '../../domain/alert/alert.ts';
import type { Decision } from '../../domain/decision.ts';
import { MendloopError } from '../../domain/failures.ts';
import { type Wants, wantsOf } from '../../domain/incident/wants.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { eachBounded } from '../http/each-bounded.ts';

export interface DecideAlertsParts {
  readonly policy: Pick<PolicyEngine, 'decide'>;
  readonly cluster: string;
  /** Absent: the mode that policy allows is the mode that holds. */
  readonly flags?: Pick<ModeFlags, 'resolveMode'> | undefined;
  /** Whether pages are held back while Mendloop acts by itself. */
  readonly holdsPages?: boolean;
  readonly metrics: Pick<Metrics, 'decided' | 'policyFailed'>;
}

export interface Decided<T> {
  readonly item: T;
  /** Absent: policy could not answer, or not in the decision's shape. */
  readonly decision?: Decision;
  readonly wants: Wants;
}

/**
 * Decides what is to be done about several alerts, `concurrency` at a time. Policy that is away is not asked about all of
 * them: after as many failures as fit side by side, the rest has no decision either, and its workflows ask.
 */
export async function decideAlerts<T extends { readonly alert: Alert }>(
  parts: DecideAlertsParts,
  items: readonly T[],
  concurrency: number,
): Promise<Decided<T>[]> {
  const decided = new Array<Decided<T>>(items.length);
  let failures = 0;
  await eachBounded([...items.entries()], concurrency, async ([index, item]) => {
    const decision = failures < concurrency ? await decide(item.alert) : undefined;
    if (decision === undefined) failures += 1;
    decided[index] = { item, wants: wantsOf(decision), ...(decision === undefined ? {} : { decision }) };
  });
  return decided;

  async function decide(alert: Alert): Promise<Decision | undefined> {
    try {
      return await decideAlert(parts, alert);
    } catch (error) {
      if (error instanceof MendloopError) return undefined;
      throw error;
    }
  }
}
