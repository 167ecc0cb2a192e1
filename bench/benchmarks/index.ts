import type { Benchmark } from '../benchmark.ts';
import { admissions } from './admissions.ts';
import { alertIngest } from './alert-ingest.ts';
import { unwantedAlerts } from './unwanted-alerts.ts';
import { guards } from './guards.ts';
import { telemetryCost } from './telemetry-cost.ts';
import { consoleFirstPaint } from './console-first-paint.ts';
import { remediationCost } from './remediation-cost.ts';
import { webhookToPatch } from './webhook-to-patch.ts';

/** Every benchmark, in the order in which they run. */
export const benchmarks: readonly Benchmark[] = [
  webhookToPatch,
  remediationCost,
  guards,
  admissions,
  telemetryCost,
  alertIngest,
  unwantedAlerts,
  consoleFirstPaint,
];
