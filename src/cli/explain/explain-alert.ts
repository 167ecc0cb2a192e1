import type { ModeFlags } from '../../clients/flags/mode-flags.ts';
import type { PolicyEngine } from '../../clients/policy/policy-engine.ts';
import type { Alert } from '../../domain/alert/alert.ts';
import type { Decision } from '../../domain/decision.ts';
import { defined } from '../../domain/defined.ts';
import { inMode } from '../../domain/decision/in-mode.ts';
import type { GuardSaying } from './ask-guards.ts';
import type { SignalSaying } from './measure-signals.ts';

/** What each guard would say of a decision now; asks, and changes nothing. */
export type AskGuards = (question: {
  readonly decision: Decision;
  readonly alert: Alert;
}) => Promise<readonly GuardSaying[]>;

/** What the queries of a decision's plan give now. */
export type MeasureSignals = (decision: Decision) => Promise<readonly SignalSaying[]>;

export interface ExplainParts {
  readonly policy: PolicyEngine;
  readonly cluster: string;
  /** Absent: the mode that policy allows is the mode that holds. */
  readonly flags?: Pick<ModeFlags, 'resolveMode'> | undefined;
  readonly askGuards?: AskGuards | undefined;
  readonly measureSignals?: MeasureSignals | undefined;
}

export interface Explanation {
  readonly alert: Alert;
  readonly decision: Decision;
  /** Absent where nothing was measured. */
  readonly signals?: readonly SignalSaying[];
  /** Absent where guards were not asked. */
  readonly guards?: readonly GuardSaying[];
}

/** What would be decided about an alert. Nothing is done, and nothing is left behind. */
export async function explainAlert(alert: Alert, parts: ExplainParts): Promise<Explanation> {
  const { policy, cluster, flags, askGuards, measureSignals } = parts;
  const decided = await policy.decide({ alert, cluster });
  const decision: Decision =
    decided.verdict === 'plan'
      ? inMode(
          decided,
          (await flags?.resolveMode({ decision: decided, alert, cluster })) ?? { mode: decided.mode, source: 'policy' },
        )
      : decided;
  const [signals, guards] = await Promise.all([measureSignals?.(decision), askGuards?.({ decision, alert })]);
  return { alert, decision, ...defined({ signals, guards }) };
}
