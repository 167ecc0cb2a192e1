import type { Alert } from '../alert/alert.ts';
import type { Decision } from '../decision.ts';
import { formatTarget } from '../target/format-target.ts';
import { lesserMode, Mode, modes } from './mode.ts';
import type { Target } from '../target/target.ts';
import { workloadName } from '../target/workload-name.ts';

/** Name of the flag that says how far Mendloop may go. Its variants are strings: the modes. */
export const MODE_FLAG = 'mendloop-mode';

export interface ModeQuestion {
  readonly decision: Extract<Decision, { verdict: 'plan' }>;
  readonly alert: Alert;
  /** Name of the cluster Mendloop acts on. */
  readonly cluster: string;
}

/** What the flag's rules may look at. Labels that the alert lacks are ''. */
export interface ModeContext {
  /** The target, a Pod without what is random in its name: percentages are of targets, stable by hash. */
  readonly targetingKey: string;
  readonly action: string;
  readonly namespace: string;
  readonly service: string;
  readonly rule: string;
  readonly cluster: string;
  readonly severity: string;
}

/** What was asked of the flag, and can be asked again. */
export interface ModeAsk {
  /** The furthest that policy allows. */
  readonly policy: Mode;
  /** The mode in which the remediation was admitted. */
  readonly admitted: Mode;
  readonly context: ModeContext;
}

export function modeContext({
  decision: { plan, rule },
  alert,
  cluster,
}: ModeQuestion): ModeContext & { [key: string]: string } {
  return {
    targetingKey: targetingKey(plan.target),
    action: plan.action,
    namespace: plan.target.namespace,
    service: alert.labels['service'] ?? '',
    rule,
    cluster,
    severity: alert.labels['severity'] ?? '',
  };
}

/** A Pod comes and goes, and each new one would draw anew: its share is drawn for what stays of its name. */
function targetingKey(target: Target): string {
  return formatTarget(target.kind === 'Pod' ? { ...target, name: workloadName(target.name) } : target);
}

/** What came of asking the flag. */
export type FlagAnswer =
  | { readonly result: 'resolved'; readonly mode: Mode }
  /** No answer in time, no such flag, a rule that cannot be evaluated; or a value that is no mode. */
  | { readonly result: 'failed' | 'unknown_variant' };

/** Narrows a flag's value to a mode. */
export function isMode(value: unknown): value is Mode {
  return modes.some((mode) => mode === value);
}

/**
 * The more careful of what policy allows and what the flag says. A flag that cannot be asked means `observe`: to act
 * needs a yes. `source` says whose word it was.
 */
export function effectiveMode(policy: Mode, flag: FlagAnswer): NonNullable<Decision['effectiveMode']> {
  const flagged = flag.result === 'resolved' ? flag.mode : Mode.Observe;
  const mode = lesserMode(policy, flagged);
  if (mode === policy) return { mode, source: 'policy' };
  return { mode, source: flag.result === 'resolved' ? `flag ${MODE_FLAG}` : `flag ${MODE_FLAG} (${flag.result})` };
}
