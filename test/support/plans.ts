import type { Decision } from '../../src/domain/decision.ts';
import { type Plan, planSchema } from '../../src/domain/plan/plan.ts';

/** The flash sale's plan, with the schema's defaults filled in. */
export function aPlan(overrides: Record<string, unknown> = {}): Plan {
  return planSchema.parse({
    action: 'scale',
    target: { namespace: 'production', kind: 'Deployment', name: 'order-service' },
    parameters: { replicas: 5 },
    budget: { name: 'default', expectedHours: 4 },
    verification: {
      objective: {
        name: 'p95 latency',
        query: {
          expr: 'histogram_quantile(0.95, sum(rate(http_request_duration_seconds_bucket{service=$service}[5s])) by (le))',
          vars: { service: 'order-service' },
        },
        comparison: '<=',
        threshold: 0.2,
        unit: 's',
      },
      consecutive: 3,
      intervalSeconds: 1,
      deadlineSeconds: 20,
      maxAgeSeconds: 5,
    },
    watchSeconds: 600,
    ...overrides,
  });
}

export function aDecision(plan: Plan = aPlan(), verdict: 'plan' | 'observe' = 'plan'): Decision {
  const decided = { rule: 'order_service_cpu_throttling', plan, policyRevision: 'test' };
  return verdict === 'plan' ? { ...decided, verdict, mode: 'auto' } : { ...decided, verdict };
}
