import type { Benchmark } from '../benchmark.ts';
import { alertIngest } from './alert-ingest.ts';
import { webhookToPatch } from './webhook-to-patch.ts';

/** Every benchmark, in the order in which they run. */
export const benchmarks: readonly Benchmark[] = [webhookToPatch, alertIngest];
