import type { PlannedChange } from '../../src/domain/actions/contract.ts';
import type { ScaleSeen } from '../../src/domain/actions/scale/change.ts';
import { scaleParametersSchema } from '../../src/domain/actions/scale/parameters.ts';
import { scaleAction } from '../../src/domain/actions/scale/scale.ts';
import type { Decision } from '../../src/domain/decision.ts';
import { type Plan, planSchema } from '../../src/domain/plan/plan.ts';
import type { Objective } from '../../src/domain/plan/verification-clause.ts';
import { targetSchema } from '../../src/domain/target/target.ts';

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

/** The objective of that plan. */
export function anObjective(): Objective {
  const { objective } = aPlan().verification;
  if (objective === undefined) throw new Error("the flash sale's plan has an objective");
  return objective;
}

export function aDecision(plan: Plan = aPlan(), verdict: 'plan' | 'observe' = 'plan'): Decision {
  const decided = { rule: 'order_service_cpu_throttling', plan, policyRevision: 'test' };
  return verdict === 'plan' ? { ...decided, verdict, mode: 'auto' } : { ...decided, verdict };
}

/** The flash sale's Deployment: two ready replicas of a tenth of a core, and no autoscaler. */
export function scaleSeen(overrides: Partial<ScaleSeen> = {}): ScaleSeen {
  const replicas = overrides.replicas ?? 2;
  return {
    target: targetSchema.parse({ namespace: 'production', kind: 'Deployment', name: 'order-service' }),
    uid: '5f1c7f0e-0000-4000-8000-000000000001',
    lever: { kind: 'replicas' },
    value: replicas,
    replicas,
    readyReplicas: replicas,
    podRequests: { cpu: 0.1, memory: 64 * 1024 ** 2 },
    labels: { app: 'order-service' },
    complaints: [],
    objects: [],
    ...overrides,
  };
}

/** What `aPlan` comes to on `scaleSeen`, worked out by the action itself; then as given. */
export function aPlannedChange(overrides: Partial<PlannedChange> = {}, seen: Partial<ScaleSeen> = {}): PlannedChange {
  const parameters = scaleParametersSchema.parse(aPlan().parameters);
  const found = scaleSeen(seen);
  return { ...scaleAction.plan({ target: found.target, parameters, seen: found }), ...overrides };
}
