import type { Moment } from '../../../src/domain/guards/machine.ts';
import type { Leave } from '../../../src/domain/guards/messages.ts';
import type { EnterTarget } from '../../../src/domain/guards/target-state.ts';
import { type GuardsClause, guardsClauseSchema } from '../../../src/domain/plan/guards-clause.ts';

const T0 = 1_700_000_000_000;

/** Seconds after a fixed time. */
export function at(seconds: number): Moment {
  return { now: T0 + seconds * 1000, rememberMs: 900_000 };
}

export function aClause(overrides: Partial<GuardsClause> = {}): GuardsClause {
  return { ...guardsClauseSchema.parse({}), ...overrides };
}

export function entering(remediationId: string, overrides: Partial<EnterTarget> = {}): EnterTarget {
  return { remediationId, alertKey: `Throttled/${remediationId}`, action: 'scale', clause: aClause(), ...overrides };
}

export function leaving(remediationId: string, overrides: Partial<Leave> = {}): Leave {
  return { remediationId, outcome: 'remediated', text: `end of ${remediationId}`, acted: true, ...overrides };
}
