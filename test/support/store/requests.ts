import type { AdmitRequest, LeaveRequest, MoneyAsk } from '../../../src/domain/admission/admission.ts';
import type { ClusterLimits } from '../../../src/domain/guards/cluster-limits.ts';
import { type GuardsClause, guardsClauseSchema } from '../../../src/domain/plan/guards-clause.ts';

/** Limits that nothing here meets. */
export const OPEN: ClusterLimits = {
  maxConcurrent: 1000,
  maxActionsPerHour: 10_000,
  blastRadius: { percent: 100, windowSeconds: 600 },
  overLimit: 'wait',
};

export function aClause(overrides: Partial<GuardsClause> = {}): GuardsClause {
  return { ...guardsClauseSchema.parse({}), ...overrides };
}

/** Of a target of its own, unless given. */
export function asking(remediationId: string, overrides: Partial<AdmitRequest> = {}): AdmitRequest {
  return {
    remediationId,
    cluster: 'default',
    namespace: 'shop',
    target: `default/shop/Deployment/${remediationId}`,
    locks: [],
    action: 'scale',
    alertKey: `Throttled/${remediationId}`,
    severity: 'warning',
    clause: aClause(),
    workloadsInNamespace: 10_000,
    audit: [],
    ...overrides,
  };
}

export function leaving(remediationId: string, overrides: Partial<LeaveRequest> = {}): LeaveRequest {
  return {
    remediationId,
    cluster: 'default',
    outcome: 'remediated',
    text: `end of ${remediationId}`,
    acted: true,
    keepMoney: true,
    what: 'all',
    audit: [],
    ...overrides,
  };
}

/** Of ten a day, five of which run. */
export function aMoneyAsk(amount: number, overrides: Partial<MoneyAsk> = {}): MoneyAsk {
  return {
    budget: 'shop',
    scopeKind: 'namespace',
    scopeKey: 'shop',
    currency: 'EUR',
    amount,
    daily: 10,
    usage: 5,
    usageMeasuredAt: Date.now(),
    settleSeconds: 60,
    change: '3 more Pods for 4 h',
    ...overrides,
  };
}
