import type { FailureType } from '../../../src/domain/failures.ts';
import { Outcome } from '../../../src/domain/remediation/outcome.ts';
import type { CpuLimits } from '../cluster/apply-manifests.ts';

export const scenarioNames = ['ok', 'no-help', 'contention', 'over-budget', 'crash'] as const;
export type ScenarioName = (typeof scenarioNames)[number];

/** What is different about a run, and how it should end. */
export interface Scenario {
  readonly name: ScenarioName;
  /** One sentence for the person who watches. */
  readonly story: string;
  readonly cpuLimits: CpuLimits;
  /** Money a day that namespace `production` may cost: it costs 0.33 as it begins, and three more Pods for 4 h 0.04. */
  readonly dailyBudget: number;
  /** `rollback`: the customers leave once the 3 Pods are gone again, so that there is one incident, not a second. */
  readonly surgeUntil: 'closed' | 'rollback';
  /** Kill the worker with SIGKILL once the Deployment is scaled. */
  readonly killWorker: boolean;
  readonly expected: {
    readonly outcome: Outcome;
    readonly fault: FailureType | null;
    readonly peakReplicas: number;
    readonly replicasAfter: number;
    readonly onCallPaged: boolean;
  };
}

const cured = {
  outcome: Outcome.Remediated,
  fault: null,
  peakReplicas: 5,
  replicasAfter: 5,
  onCallPaged: false,
} as const;
const undone = {
  outcome: Outcome.RolledBack,
  fault: 'VerificationFailed',
  peakReplicas: 5,
  replicasAfter: 2,
  onCallPaged: true,
} as const;

const usual = { cpuLimits: {}, dailyBudget: 20, surgeUntil: 'closed', killWorker: false } as const;

/**
 * The limits that make a dependency the bottleneck lie between what 2 throttled Pods of order-service let through
 * (some 70 orders a second) and what comes with 5 (120): see README.md, "The physics".
 */
export const SCENARIOS: Readonly<Record<ScenarioName, Scenario>> = {
  ok: {
    ...usual,
    name: 'ok',
    story: 'a flash sale, and order-service has too few Pods: 3 more cure it',
    expected: cured,
  },
  'no-help': {
    ...usual,
    name: 'no-help',
    story: 'the payment gateway is too small as well: more Pods of order-service cannot help',
    cpuLimits: { 'payment-gateway': '85m' },
    surgeUntil: 'rollback',
    expected: undone,
  },
  contention: {
    ...usual,
    name: 'contention',
    story: 'more orders overload the inventory, and the catalogue, which reads it, suffers',
    cpuLimits: { inventory: '135m' },
    surgeUntil: 'rollback',
    expected: { ...undone, fault: 'ContentionDetected' },
  },
  'over-budget': {
    ...usual,
    name: 'over-budget',
    story: 'three more Pods would cost more than the day may cost',
    dailyBudget: 0.35,
    expected: { outcome: Outcome.Denied, fault: null, peakReplicas: 2, replicasAfter: 2, onCallPaged: true },
  },
  crash: {
    ...usual,
    name: 'crash',
    story: 'the worker is killed between scaling and verifying: a new one goes on',
    killWorker: true,
    expected: cured,
  },
};
